#include "common/ctrader/rate_limiter.hpp"

#include <gtest/gtest.h>

namespace depthwire::ctrader {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t spots_type = 2127;
constexpr std::uint32_t bars_type = 2137;

const TimePoint start_of_limits{1000h};

/// Sends as fast as allowed until the limiter wants to see an arrival.
std::pair<int, TimePoint> send_all(RateLimiter& limiter, std::uint32_t type, TimePoint now) {
  int sent = 0;
  for (; limiter.ready_at(type) != TimePoint::max(); ++sent) {
    now = std::max(now, limiter.ready_at(type));
    limiter.take(type, now);
  }
  return {sent, now};
}

TEST(RateLimiter, NoMoreIsOnTheWayThanTheServerTakesInASecond) {
  RateLimiter limiter;

  EXPECT_EQ(send_all(limiter, spots_type, start_of_limits).first, 50);
  EXPECT_EQ(send_all(limiter, bars_type, start_of_limits).first, 5);
}

TEST(RateLimiter, WhatArrivedInOneMomentCountsForASecondFromThen) {
  RateLimiter limiter;
  auto now = send_all(limiter, bars_type, start_of_limits).second + 10s;  // the network stood still

  for (int i = 0; i < 5; ++i) limiter.arrived(bars_type, now);

  EXPECT_EQ(limiter.ready_at(bars_type), now + 1s);
  limiter.take(bars_type, now + 1s);
  EXPECT_EQ(limiter.ready_at(bars_type), now + 1s + Duration{210'526'316});
}

TEST(RateLimiter, AnAnswerMakesRoomForOneASecondLater) {
  RateLimiter limiter;
  const auto now = send_all(limiter, bars_type, start_of_limits).second + 10s;

  limiter.arrived(bars_type, now);

  EXPECT_EQ(limiter.ready_at(bars_type), now + 1s);
  limiter.take(bars_type, now + 1s);
  EXPECT_EQ(limiter.ready_at(bars_type), TimePoint::max());
}

TEST(RateLimiter, QuickAnswersLeaveTheRateAlone) {
  RateLimiter limiter;
  auto now = start_of_limits;

  for (int i = 0; i < 475; ++i) {
    now = std::max(now, limiter.ready_at(spots_type));
    limiter.take(spots_type, now);
    limiter.arrived(spots_type, now + 1ms);
  }

  EXPECT_LT(now - start_of_limits, 10s);
}

}  // namespace
}  // namespace depthwire::ctrader
