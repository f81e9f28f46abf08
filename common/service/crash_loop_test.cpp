#include "common/service/crash_loop.hpp"

#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace depthwire::service {
namespace {

using namespace std::chrono_literals;

TEST(CrashLoop, WaitsLongerAfterEachShortLifeUpToHalfAMinute) {
  const tests::TempDir dir;
  const CrashLoop loop(dir.path() / "run", "streaming");

  for (const auto expected : {0s, 0s, 0s, 1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
    EXPECT_EQ(loop.begin(), expected);
  }
}

TEST(CrashLoop, ForgetsAfterALongLife) {
  const tests::TempDir dir;
  const CrashLoop loop(dir.path(), "streaming");
  for (int i = 0; i < 5; ++i) (void)loop.begin();

  loop.survived();

  EXPECT_EQ(loop.begin(), 0s);
}

TEST(CrashLoop, NeverWaitsWithoutADirectory) {
  const CrashLoop loop("", "streaming");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(loop.begin(), 0s);
}

}  // namespace
}  // namespace depthwire::service
