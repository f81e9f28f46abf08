#include "common/bus/step_mark.hpp"

#include "common/bus/skips.hpp"
#include "common/service/exit_error.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace depthwire::bus {
namespace {

class StepMarkTest : public ::testing::Test {
 protected:
  // A life that ends within the step of `input`, without any last word.
  void crash_at(journal::Position input, std::string_view build = "a") const {
    StepMark mark(file_, build);
    mark.begin({1, 1});
    mark.end();
    mark.begin(input);
  }

  tests::TempDir dir_;
  std::filesystem::path file_ = dir_.path() / "stepping";
};

TEST_F(StepMarkTest, CountsLivesThatEndedInTheStepOfOneInput) {
  crash_at({1, 7});
  crash_at({1, 7});

  const StepMark mark(file_, "a");

  EXPECT_EQ(mark.crashed_at(), (journal::Position{1, 7}));
  EXPECT_EQ(mark.crashes(), 2U);
}

TEST_F(StepMarkTest, AnotherInputOrAnotherBuildBeginsAnew) {
  crash_at({1, 7});
  crash_at({1, 8});
  EXPECT_EQ(StepMark(file_, "a").crashes(), 1U);

  EXPECT_EQ(StepMark(file_, "b").crashes(), 0U);
}

TEST_F(StepMarkTest, ALifeThatEndsBetweenStepsCountsNothing) {
  crash_at({1, 7});
  for (int life = 0; life < 5; ++life) {
    StepMark mark(file_, "a");
    mark.begin({1, 9});
    mark.end();
  }

  EXPECT_EQ(StepMark(file_, "a").crashes(), 1U);
}

TEST_F(StepMarkTest, AFileThatIsNoneIsMadeAnew) {
  std::ofstream(file_) << "something else";

  EXPECT_EQ(StepMark(file_, "a").crashes(), 0U);
}

TEST(Skips, AreKeptWithTheirReasons) {
  const tests::TempDir dir;
  EXPECT_TRUE(read_skips(dir.path()).empty());

  add_skip(dir.path(), {7, 12}, "crashes the book\nevery time");
  add_skip(dir.path(), {7, 3}, "too long");

  const auto skips = read_skips(dir.path());
  ASSERT_EQ(skips.size(), 2U);
  EXPECT_EQ(skips.at({7, 12}), "crashes the book every time");
  EXPECT_EQ(skips_until(skips, {7, 2}), 0U);
  EXPECT_EQ(skips_until(skips, {7, 3}), 1U);
  EXPECT_EQ(skips_until(skips, {8, 1}), 2U);
}

TEST(Skips, ALineThatIsNoDecisionIsRefused) {
  const tests::TempDir dir;
  std::ofstream(dir.path() / "skips") << "7:3 too long\n7:x what\n";

  try {
    (void)read_skips(dir.path());
    FAIL() << "took it";
  } catch (const service::ExitError& error) {
    EXPECT_EQ(error.code(), service::exit_code::corrupt);
    EXPECT_NE(std::string(error.what()).find("line 2"), std::string::npos);
  }
}

}  // namespace
}  // namespace depthwire::bus
