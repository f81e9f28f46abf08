#include "common/bus/throttle.hpp"

#include <gtest/gtest.h>

namespace depthwire::bus {
namespace {

using std::chrono::milliseconds;

TEST(Throttle, WhatIsSpentBeyondTheBurstIsWaitedFor) {
  const Throttle::Time start{};
  Throttle throttle(8'000, start);

  EXPECT_EQ(throttle.wait(start), milliseconds(0));
  throttle.spend(1'000 + 4'000);  // the burst, and half a second more
  EXPECT_GE(throttle.wait(start), milliseconds(500));
  EXPECT_LE(throttle.wait(start), milliseconds(501));
  EXPECT_EQ(throttle.wait(start + milliseconds(501)), milliseconds(0));
}

TEST(Throttle, TimeWithoutReadingIsNotSavedUp) {
  const Throttle::Time start{};
  Throttle throttle(8'000, start);

  EXPECT_EQ(throttle.wait(start + std::chrono::hours(1)), milliseconds(0));
  throttle.spend(2'000);

  EXPECT_GE(throttle.wait(start + std::chrono::hours(1)), milliseconds(125));
}

TEST(Throttle, NoLimitMeansNoWait) {
  const Throttle::Time start{};
  Throttle throttle(0, start);
  throttle.spend(1ULL << 40);

  EXPECT_EQ(throttle.wait(start), milliseconds(0));
}

}  // namespace
}  // namespace depthwire::bus
