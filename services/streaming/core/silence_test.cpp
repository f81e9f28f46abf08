#include "services/streaming/core/silence.hpp"

#include "services/streaming/core/watch_fixture.hpp"

#include <gtest/gtest.h>

namespace depthwire::streaming {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t week = week_s * second;

/// Time 0 is a Thursday at 0:00 in UTC; the market closes on Friday at 21:00 and opens on Sunday.
constexpr std::int64_t close_ns = 45 * hour_s * second;
constexpr std::int64_t open_ns = 93 * hour_s * second;
const TradingHours with_week_end(TimeZone(), {{21 * hour_s, 5 * day_s + 21 * hour_s}});
const TradingHours always(TimeZone(), {{0, week_s}});

TEST(Silence, IsStaleOnceItIsLongerThanTheLimit) {
  Silence stream(60s);
  EXPECT_FALSE(stream.event(5 * second, always));

  EXPECT_FALSE(stream.stale(65 * second, always));
  const auto silent = stream.stale(65 * second + 1, always);

  ASSERT_TRUE(silent);
  EXPECT_EQ(silent->from_ns, 5 * second);
  EXPECT_EQ(silent->open_ns, 60 * second + 1);
  EXPECT_FALSE(stream.stale(70 * second, always)) << "told again";
}

TEST(Silence, EndsWithAGapThatHasBothBounds) {
  Silence stream(60s);
  EXPECT_FALSE(stream.event(5 * second, always));
  ASSERT_TRUE(stream.stale(70 * second, always));

  const auto gap = stream.event(90 * second, always);

  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->from_ns, 5 * second);
  EXPECT_EQ(gap->until_ns, 90 * second);
  EXPECT_EQ(gap->open_ns, 85 * second);
  EXPECT_FALSE(gap->outage);
  EXPECT_FALSE(stream.event(150 * second, always));
}

TEST(Silence, AGapIsToldWhoeverLooked) {
  Silence stream(60s);
  EXPECT_FALSE(stream.event(0, always));
  EXPECT_FALSE(stream.event(60 * second, always));

  EXPECT_TRUE(stream.event(121 * second, always));
}

TEST(Silence, IsDueFromTheSubscriptionOn) {
  Silence never_asked(60s);
  Silence asked(60s);
  asked.expect(0);

  EXPECT_FALSE(never_asked.stale(61 * second, always));
  EXPECT_TRUE(asked.stale(61 * second, always));
}

TEST(Silence, OfAClosedMarketIsNotStale) {
  Silence stream(60s);
  EXPECT_FALSE(stream.event(close_ns - second, with_week_end));

  EXPECT_FALSE(stream.stale(close_ns, with_week_end));
  EXPECT_FALSE(stream.stale(open_ns - 1, with_week_end));
  EXPECT_FALSE(stream.stale(open_ns + 59 * second, with_week_end));
  EXPECT_TRUE(stream.stale(open_ns + 60 * second, with_week_end));
}

TEST(Silence, OverAWeekEndIsNoGap) {
  Silence stream(60s);
  EXPECT_FALSE(stream.event(close_ns - second, with_week_end));

  EXPECT_FALSE(stream.event(open_ns + 59 * second, with_week_end));
}

TEST(Silence, ThatTheClosingMeetsEndsThere) {
  Silence stream(60s);
  EXPECT_FALSE(stream.event(close_ns - 100 * second, with_week_end));
  ASSERT_TRUE(stream.stale(close_ns - 30 * second, with_week_end));
  EXPECT_FALSE(stream.closed(close_ns - 1, with_week_end));

  const auto gap = stream.closed(close_ns + second, with_week_end);

  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->open_ns, 100 * second);
  EXPECT_FALSE(stream.closed(close_ns + 2 * second, with_week_end));
  EXPECT_FALSE(stream.event(open_ns + second, with_week_end));
}

TEST(Silence, WithoutAScheduleIsNeverTold) {
  Silence stream(60s);
  EXPECT_FALSE(stream.event(0, TradingHours()));

  EXPECT_FALSE(stream.stale(week, TradingHours()));
  stream.interrupt();
  EXPECT_FALSE(stream.event(2 * week, TradingHours()));
}

TEST(Silence, AnOutageIsAGapHoweverShort) {
  Silence stream(60s);
  EXPECT_FALSE(stream.event(5 * second, always));
  stream.interrupt();

  const auto gap = stream.event(8 * second, always);

  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->from_ns, 5 * second);
  EXPECT_EQ(gap->open_ns, 3 * second);
  EXPECT_TRUE(gap->outage);
  EXPECT_FALSE(stream.event(9 * second, always));
}

TEST(Silence, AnOutageOfAClosedMarketIsNone) {
  Silence stream(60s);
  EXPECT_FALSE(stream.event(close_ns - 1, with_week_end));
  EXPECT_FALSE(stream.event(close_ns, with_week_end));
  stream.interrupt();

  EXPECT_FALSE(stream.event(close_ns + hour_s * second, with_week_end));
}

TEST(Silence, AfterAnOutageIsStaleOnlyIfItGoesOn) {
  Silence stream(60s);
  EXPECT_FALSE(stream.event(0, always));
  stream.interrupt();

  EXPECT_FALSE(stream.stale(1'000 * second, always));
  EXPECT_FALSE(stream.stale(1'060 * second, always));
  EXPECT_TRUE(stream.stale(1'061 * second, always));
  const auto gap = stream.event(1'100 * second, always);
  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->open_ns, 1'100 * second);
}

TEST(Silence, WhatNobodyWantsIsNotMissed) {
  Silence stream(60s);
  EXPECT_FALSE(stream.event(0, always));
  stream.forget();

  EXPECT_FALSE(stream.stale(100 * second, always));
  EXPECT_FALSE(stream.event(200 * second, always));
}

TEST(Silence, WithALimitOfNothingIsNotJudged) {
  Silence stream(0s);
  EXPECT_FALSE(stream.event(0, always));

  EXPECT_FALSE(stream.stale(week, always));
  stream.interrupt();
  EXPECT_FALSE(stream.event(week, always));
}

}  // namespace
}  // namespace depthwire::streaming
