#include "simulator/market/past.hpp"

#include "common/market/trading_day.hpp"

#include <gtest/gtest.h>

namespace depthwire::simulator {
namespace {

using market::Price;

constexpr std::int64_t minute_ns = 60'000'000'000;
constexpr std::int64_t end_ns = 1'767'596'400'000'000'000;  // Monday 2026-01-05 07:00 UTC

SymbolInfo euro() {
  return {.name = "EURUSD", .opening = {.bid = Price{110'000}, .ask = Price{110'008}}};
}

PastSettings weeks(std::int64_t count) {
  return {.end_ns = end_ns, .length_ns = count * 7 * market::ns_per_day};
}

TEST(Past, EndsAtTheOpeningPrice) {
  const Past past(euro(), weeks(1));

  const auto last = past.bar(past.end_minute() - 1);

  ASSERT_TRUE(last);
  EXPECT_NEAR(static_cast<double>(last->close.points), 110'000, 20);
  EXPECT_FALSE(past.bar(past.end_minute()));
  EXPECT_FALSE(past.bar(past.first_minute() - 1));
}

TEST(Past, IsClosedAtTheWeekend) {
  const Past past(euro(), weeks(1));
  int open = 0;
  for (auto minute = past.first_minute(); minute < past.end_minute(); ++minute) {
    open += past.bar(minute) ? 1 : 0;
  }
  EXPECT_EQ(open, 5 * 24 * 60);
  constexpr std::int64_t hour = 60;
  const auto sunday = end_ns / minute_ns - (9 + 8) * hour;  // 14:00 UTC
  EXPECT_FALSE(past.bar(sunday));
  EXPECT_TRUE(past.bar(sunday + 8 * hour));  // 22:00, 17:00 in New York
  EXPECT_FALSE(past.bar(sunday + 8 * hour - 1));
}

TEST(Past, BarsAreThoseOfItsTicks) {
  const Past past(euro(), weeks(1));
  std::vector<PastTick> ticks;
  for (auto minute = past.end_minute() - 200; minute < past.end_minute(); ++minute) {
    past.ticks(minute, ticks);
    const auto bar = past.bar(minute);
    ASSERT_TRUE(bar);
    ASSERT_GE(ticks.size(), 4U);
    EXPECT_EQ(bar->open, *ticks.front().spot.bid);
    std::int64_t changes = 0;
    auto before = minute * 60'000 - 1;
    for (const auto& tick : ticks) {
      EXPECT_GT(tick.time_ms, before);
      before = tick.time_ms;
      changes += (tick.spot.bid ? 1 : 0) + (tick.spot.ask ? 1 : 0);
      if (tick.spot.bid) {
        EXPECT_LE(bar->low, *tick.spot.bid);
        EXPECT_GE(bar->high, *tick.spot.bid);
      }
      if (tick.spot.bid && tick.spot.ask) {
        EXPECT_LT(*tick.spot.bid, *tick.spot.ask);
      }
    }
    EXPECT_LT(before, (minute + 1) * 60'000);
    EXPECT_EQ(bar->volume, changes);
  }
}

TEST(Past, AnyMinuteIsTheSameWheneverItIsAskedFor) {
  const Past one(euro(), weeks(4));
  const Past other(euro(), weeks(8));
  for (auto minute = one.first_minute(); minute < one.end_minute(); minute += 97) {
    EXPECT_EQ(one.bar(minute), other.bar(minute));
  }
}

TEST(Past, StaysNearItsEndForYears) {
  const Past past(euro(), weeks(260));
  for (auto minute = past.first_minute(); minute < past.end_minute(); minute += 1'441) {
    if (const auto bar = past.bar(minute)) {
      EXPECT_NEAR(static_cast<double>(bar->low.points), 110'000, 15'000);
    }
  }
}

TEST(Past, WithoutAnOpeningPriceThereIsNone) {
  auto info = euro();
  info.opening.ask.reset();
  const Past past(info, weeks(1));
  EXPECT_EQ(past.first_minute(), past.end_minute());
}

}  // namespace
}  // namespace depthwire::simulator
