#include "simulator/server/rate_limit.hpp"

#include <gtest/gtest.h>

namespace depthwire::simulator {
namespace {

using namespace std::chrono_literals;
using Refusal = RateLimit::Refusal;

const TimePoint zero_hour = TimePoint() + 1h;

TEST(RateLimit, TheWindowSlides) {
  RateLimit limit({.ordinary = 2});

  EXPECT_FALSE(limit.take(1, false, zero_hour));
  EXPECT_FALSE(limit.take(1, false, zero_hour + 600ms));
  EXPECT_EQ(limit.take(1, false, zero_hour + 999ms), Refusal::frequency_exceeded);
  EXPECT_FALSE(limit.take(1, false, zero_hour + 1000ms));
  EXPECT_EQ(limit.take(1, false, zero_hour + 1599ms), Refusal::frequency_exceeded);
  EXPECT_FALSE(limit.take(1, false, zero_hour + 1600ms));
}

TEST(RateLimit, ABlockIsOfOnePayloadTypeAndSaysForHowLong) {
  RateLimit limit({.ordinary = 1, .patience = 1, .block = 3s});
  EXPECT_FALSE(limit.take(1, false, zero_hour));
  EXPECT_EQ(limit.take(1, false, zero_hour), Refusal::frequency_exceeded);

  EXPECT_EQ(limit.take(1, false, zero_hour), Refusal::blocked);

  EXPECT_EQ(limit.retry_after(1, zero_hour), 3U);
  EXPECT_EQ(limit.retry_after(1, zero_hour + 1500ms), 2U);
  EXPECT_FALSE(limit.take(2, false, zero_hour + 1500ms));
  EXPECT_EQ(limit.take(1, false, zero_hour + 2999ms), Refusal::blocked);
  EXPECT_FALSE(limit.take(1, false, zero_hour + 3000ms));
}

}  // namespace
}  // namespace depthwire::simulator
