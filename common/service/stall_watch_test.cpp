#include "common/service/stall_watch.hpp"

#include <gtest/gtest.h>

namespace depthwire::service {
namespace {

using namespace std::chrono_literals;

const StallWatch::Steady began{1000h};

TEST(StallWatch, ALoopThatStandsForTheLimitIsTold) {
  StallWatch watch(5s);
  EXPECT_FALSE(watch.look(began, true));

  for (int i = 1; i < 10; ++i) EXPECT_FALSE(watch.look(began + i * 500ms, true)) << i;
  EXPECT_TRUE(watch.look(began + 5s, true));
}

TEST(StallWatch, ALoopThatMovesBeginsAnew) {
  StallWatch watch(5s);
  for (int i = 0; i < 9; ++i) EXPECT_FALSE(watch.look(began + i * 500ms, true));

  EXPECT_FALSE(watch.look(began + 4'500ms, false));
  EXPECT_FALSE(watch.look(began + 9s, true));
}

TEST(StallWatch, AProcessThatWasStoppedForALongTimeIsNotAStall) {
  StallWatch watch(5s);
  EXPECT_FALSE(watch.look(began, false));

  EXPECT_FALSE(watch.look(began + 1h, true)) << "its loops have not run yet either";
  EXPECT_FALSE(watch.look(began + 1h + 500ms, false));
}

}  // namespace
}  // namespace depthwire::service
