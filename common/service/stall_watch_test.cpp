#include "common/service/stall_watch.hpp"

#include <gtest/gtest.h>

namespace depthwire::service {
namespace {

using namespace std::chrono_literals;

const StallWatch::Steady start{1000h};

TEST(StallWatch, ALoopThatStandsForTheLimitIsTold) {
  StallWatch watch(5s);
  EXPECT_FALSE(watch.look(start, true));

  for (int i = 1; i < 10; ++i) EXPECT_FALSE(watch.look(start + i * 500ms, true)) << i;
  EXPECT_TRUE(watch.look(start + 5s, true));
}

TEST(StallWatch, ALoopThatMovesBeginsAnew) {
  StallWatch watch(5s);
  for (int i = 0; i < 9; ++i) EXPECT_FALSE(watch.look(start + i * 500ms, true));

  EXPECT_FALSE(watch.look(start + 4'500ms, false));
  EXPECT_FALSE(watch.look(start + 9s, true));
}

TEST(StallWatch, AProcessThatWasStoppedForALongTimeIsNotAStall) {
  StallWatch watch(5s);
  EXPECT_FALSE(watch.look(start, false));

  EXPECT_FALSE(watch.look(start + 1h, true)) << "its loops have not run yet either";
  EXPECT_FALSE(watch.look(start + 1h + 500ms, false));
}

}  // namespace
}  // namespace depthwire::service
