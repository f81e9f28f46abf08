#include "common/tokens/key_source.hpp"

#include "common/secrets/seal.hpp"
#include "common/service/exit_error.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <sys/stat.h>

namespace depthwire::tokens {
namespace {

using config::Environment;
using ::testing::HasSubstr;

class KeySourceTest : public testing::Test {
 protected:
  secrets::Key load(Environment environment = Environment::demo) {
    return load_key(settings_, environment, file_, salt_);
  }
  /// Whether two loads give the same key.
  bool stays() { return secrets::open(load(), secrets::seal(load(), "text", ""), "") == "text"; }
  std::string problem(Environment environment = Environment::demo) {
    try {
      load(environment);
    } catch (const service::ExitError& error) {
      EXPECT_EQ(error.code(), service::exit_code::config);
      return error.what();
    }
    return "";
  }

  tests::TempDir dir_;
  std::filesystem::path file_ = dir_.path() / "tokens" / "demo.key";
  KeySettings settings_;
  secrets::Salt salt_{};
};

TEST_F(KeySourceTest, AKeyFileIsMadeForItsOwnerOnly) {
  EXPECT_TRUE(stays());

  struct stat status {};
  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0400U);
}

TEST_F(KeySourceTest, AKeyFileIsNoProtectionInLive) {
  EXPECT_THAT(problem(Environment::live), HasSubstr("passphrase, keyring or systemd"));
  EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(KeySourceTest, AKeyFileThatOthersCanReadIsRefused) {
  load();
  std::filesystem::permissions(file_, std::filesystem::perms(0440));

  EXPECT_THAT(problem(), HasSubstr("chmod 400"));
}

TEST_F(KeySourceTest, AKeyFileWithoutAKeyIsNamed) {
  settings_.file = dir_.path() / "other";
  std::ofstream(settings_.file) << "not hexadecimal";
  std::filesystem::permissions(settings_.file, std::filesystem::perms(0400));

  EXPECT_THAT(problem(), HasSubstr(settings_.file.string()));
  EXPECT_THAT(problem(), HasSubstr("64 hexadecimal digits"));
}

TEST_F(KeySourceTest, APassphraseMakesTheKey) {
  settings_.source = KeySource::passphrase;
  EXPECT_THAT(problem(), HasSubstr("DEPTHWIRE_TOKENS_KEY_PASSPHRASE"));

  settings_.passphrase = config::Secret("correct horse");
  EXPECT_TRUE(stays());
  EXPECT_EQ(problem(Environment::live), "");
}

TEST_F(KeySourceTest, ASystemdCredentialHoldsTheKey) {
  settings_.source = KeySource::systemd;
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_THAT(problem(), HasSubstr("LoadCredentialEncrypted"));

  std::ofstream(dir_.path() / "depthwire-tokens-key") << std::string(64, 'a') << "\n";
  ::setenv("CREDENTIALS_DIRECTORY", dir_.path().c_str(), 1);
  EXPECT_TRUE(stays());
  ::unsetenv("CREDENTIALS_DIRECTORY");
}

TEST_F(KeySourceTest, WithoutAKeyringThatIsTold) {
  settings_.source = KeySource::keyring;
  ::setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus", 1);

  EXPECT_THAT(problem(), HasSubstr("the keyring does not answer"));
}

}  // namespace
}  // namespace depthwire::tokens
