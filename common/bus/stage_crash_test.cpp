#include "common/bus/skips.hpp"
#include "common/bus/stage_test_support.hpp"
#include "common/service/exit_error.hpp"
#include "tests/support/process.hpp"

#include <csignal>

namespace depthwire::bus {
namespace {

using tests::Process;

class StageCrashTest : public testing::StageFixture {
 protected:
  std::filesystem::path journal() const { return dir_.path() / "out"; }

  Process start() const {
    return Process({.command = {STAGE_PROGRAM, journal().string(), input_.publish_address(),
                                input_.requests_address()},
                    .output = dir_.path() / "log"});
  }
  // A life until it has stepped all that there is, then kill -9.
  void live_until_head() {
    auto process = start();
    const auto all = "stepped " + journal::to_string(input_.head());
    ASSERT_TRUE(process.output_from(all)) << process.output();
    process.signal(SIGKILL);
    ASSERT_EQ(process.wait(), 128 + SIGKILL);
  }
};

TEST_F(StageCrashTest, ACrasherStopsTheStageAfterThreeTimesUntilItIsSkipped) {
  feed(2);
  feed(1, "crash");
  const auto crasher = input_.head();
  feed(2);
  for (int crash = 0; crash < 3; ++crash) {
    ASSERT_EQ(start().wait(), 128 + SIGABRT) << "crash " << crash;
  }

  auto refusing = start();
  ASSERT_EQ(refusing.wait(), service::exit_code::corrupt);
  EXPECT_NE(refusing.output().find("depthwire skip --source sim.streaming --position " +
                                   journal::to_string(crasher) + " --stage counter"),
            std::string::npos)
      << refusing.output();
  ASSERT_EQ(start().wait(), service::exit_code::corrupt);  // and stays so

  add_skip(journal(), crasher, "a book that ends the process");
  live_until_head();

  const auto letters = dead_letters(journal());
  ASSERT_EQ(letters.size(), 1U);
  EXPECT_TRUE(letters[0].dead_letter().skipped());
  EXPECT_EQ(letters[0].dead_letter().reason(), "a book that ends the process");
  EXPECT_EQ(letters[0].cause().offset(), crasher.offset);
  EXPECT_EQ(outputs(journal()).size(), 5U);  // of four spots, of which the third gives two

  feed(1);
  live_until_head();  // steps the past again, without the crasher
  EXPECT_EQ(dead_letters(journal()).size(), 1U);
  EXPECT_EQ(outputs(journal()).size(), 6U);
}

TEST_F(StageCrashTest, KillsBetweenStepsStopNothing) {
  for (int life = 0; life < 5; ++life) {
    feed(3);
    live_until_head();
  }

  EXPECT_EQ(outputs(journal()).size(), 15U + 5U);
}

}  // namespace
}  // namespace depthwire::bus
