#include "simulator/server/certificates.hpp"

#include "simulator/market/test_files.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace depthwire::simulator {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(Certificates, AreMadeOnceAndKept) {
  const TestFiles files;
  const auto state = files.directory() / "new" / "state";

  const auto first = ensure_certificates(state, {"simulator"});
  const auto ca = text_of(first.ca);
  const auto certificate = text_of(first.certificate);
  const auto again = ensure_certificates(state, {"simulator"});

  EXPECT_EQ(first.ca, state / "ca.pem");
  EXPECT_EQ(text_of(again.ca), ca);
  EXPECT_EQ(text_of(again.certificate), certificate);
}

TEST(Certificates, KeysAreForTheirOwnerAlone) {
  const TestFiles files;

  const auto made = ensure_certificates(files.directory(), {});

  for (const auto& key : {made.ca_key, made.key}) {
    EXPECT_EQ(fs::status(key).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  }
}

TEST(Certificates, ANewNameGetsANewCertificateOfTheSameCa) {
  const TestFiles files;
  const auto first = ensure_certificates(files.directory(), {});
  const auto ca = text_of(first.ca);
  const auto certificate = text_of(first.certificate);

  (void)ensure_certificates(files.directory(), {"simulator", "10.1.2.3"});

  EXPECT_EQ(text_of(first.ca), ca);
  EXPECT_NE(text_of(first.certificate), certificate);
}

TEST(Certificates, ACertificateOfAnotherCaIsReplaced) {
  const TestFiles files;
  const auto one = ensure_certificates(files.directory() / "one", {});
  const auto two = ensure_certificates(files.directory() / "two", {});
  fs::copy_file(two.certificate, one.certificate, fs::copy_options::overwrite_existing);
  fs::copy_file(two.key, one.key, fs::copy_options::overwrite_existing);

  (void)ensure_certificates(files.directory() / "one", {});

  EXPECT_NE(text_of(one.certificate), text_of(two.certificate));
}

TEST(Certificates, ADirectoryThatCannotBeWrittenIsNamed) {
  const TestFiles files;
  const auto blocked = files.write("file", "not a directory");

  EXPECT_THROW((void)ensure_certificates(blocked / "state", {}), std::exception);
}

}  // namespace
}  // namespace depthwire::simulator
