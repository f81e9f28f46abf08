#include "cli/living.hpp"

#include "tests/support/process.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>

#include <fstream>

namespace depthwire::cli {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

/// An installation whose services are other programs under their names.
class LivingTest : public testing::Test {
 protected:
  LivingTest() { place_.root = std::filesystem::canonical(dir_.path()); }

  std::string program(const std::string& original, const std::string& name) {
    auto copy = place_.root / name;
    std::filesystem::copy_file(original, copy);
    return copy;
  }
  tests::Process start(const std::vector<std::string>& command,
                       const std::filesystem::path& directory) {
    return tests::Process({.command = command, .directory = directory});
  }
  void end(std::chrono::milliseconds patience) {
    end_living(
        find_living(place_),
        [this](const std::string& name, const std::string& text) { told_ += name + " " + text; },
        patience);
  }

  tests::TempDir dir_;
  Place place_;
  std::string told_;
};

TEST_F(LivingTest, AServiceThatWorksInOurRootIsFoundWithoutASupervisor) {
  const auto sleep = program("/bin/sleep", "depthwire-streaming");
  auto ours = start({sleep, "100"}, place_.root);
  auto of_another_root = start({sleep, "100"}, "/");

  ASSERT_TRUE(tests::eventually([&] { return find_living(place_).size() == 1; }));

  EXPECT_THAT(find_living(place_), ElementsAre(Field(&Living::pid, ours.pid())));
  EXPECT_EQ(find_living(place_).front().name, "streaming");
  EXPECT_TRUE(of_another_root.running());
}

TEST_F(LivingTest, APidInAStaleFileIsNotOurs) {
  auto stranger = start({"/bin/sleep", "100"}, place_.root);
  std::filesystem::create_directories(place_.run());
  std::filesystem::create_directories(place_.postgres() / "data");
  std::ofstream(place_.run() / "streaming.json") << "{\"pid\":" << stranger.pid() << "}";
  std::ofstream(place_.postgres() / "data/postmaster.pid") << stranger.pid() << "\n";

  EXPECT_THAT(find_living(place_), IsEmpty());
}

TEST_F(LivingTest, EndsWhatLivesTheLastFirst) {
  auto first = start({program("/bin/sleep", "depthwire-sim"), "100"}, place_.root);
  auto last = start({program("/bin/sleep", "depthwire-gateway"), "100"}, place_.root);
  ASSERT_TRUE(tests::eventually([&] { return find_living(place_).size() == 2; }));

  end(std::chrono::seconds(10));

  EXPECT_EQ(first.wait(), 128 + SIGTERM);
  EXPECT_EQ(last.wait(), 128 + SIGTERM);
  EXPECT_EQ(told_, "");
}

TEST_F(LivingTest, KillsWhatDoesNotEndAndSaysSo) {
  const auto ready = place_.root / "ready";
  auto deaf = start({program("/bin/bash", "depthwire-auditor"), "-c",
                     "trap '' TERM; mkfifo never; : >ready; read -t 100 <>never"},
                    place_.root);
  ASSERT_TRUE(tests::eventually([&] { return std::filesystem::exists(ready); }));

  end(std::chrono::milliseconds(100));

  EXPECT_EQ(deaf.wait(), 128 + SIGKILL);
  EXPECT_THAT(told_, HasSubstr("auditor pid " + std::to_string(deaf.pid())));
  EXPECT_THAT(told_, HasSubstr("killed"));
}

}  // namespace
}  // namespace depthwire::cli
