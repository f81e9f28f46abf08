#include "simulator/market/bars.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace depthwire::simulator {
namespace {

using namespace std::chrono;
using market::Price;
using market::Spot;

std::int64_t minute(sys_days day, int hour, int minute_of_hour) {
  return duration_cast<minutes>(day.time_since_epoch()).count() + (std::int64_t{hour} * 60) +
         minute_of_hour;
}
std::int64_t ns(std::int64_t minute_number) { return minute_number * 60'000'000'000; }
Spot bid(std::int64_t points) { return {.bid = Price{points}}; }
Spot ask(std::int64_t points) { return {.ask = Price{points}}; }

TEST(Bars, UpToAnHourTheyFollowTheEpoch) {
  const auto day = 2026y / January / 5;

  EXPECT_EQ(bar_open(Period::m5, minute(day, 9, 44)), minute(day, 9, 40));
  EXPECT_EQ(bar_open(Period::h1, minute(day, 9, 44)), minute(day, 9, 0));
}

TEST(Bars, LongerOnesFollowFiveInTheAfternoonInNewYork) {
  const auto winter = sys_days{2026y / January / 7};  // a Wednesday; 17:00 is 22:00 UTC
  const auto summer = sys_days{2026y / July / 8};     // a Wednesday; 17:00 is 21:00 UTC

  EXPECT_EQ(bar_open(Period::d1, minute(winter, 21, 59)), minute(winter - days{1}, 22, 0));
  EXPECT_EQ(bar_open(Period::d1, minute(winter, 22, 0)), minute(winter, 22, 0));
  EXPECT_EQ(bar_open(Period::d1, minute(summer, 21, 0)), minute(summer, 21, 0));
  EXPECT_EQ(bar_open(Period::h4, minute(winter, 3, 0)), minute(winter, 2, 0));
  EXPECT_EQ(bar_open(Period::h12, minute(winter, 12, 0)), minute(winter, 10, 0));
}

TEST(Bars, AWeekOpensOnSundayEveningAndAMonthWithItsFirstDay) {
  const auto wednesday = sys_days{2026y / January / 7};
  const auto sunday = sys_days{2026y / January / 4};

  EXPECT_EQ(bar_open(Period::w1, minute(wednesday, 12, 0)), minute(sunday, 22, 0));
  EXPECT_EQ(bar_open(Period::mn1, minute(wednesday, 12, 0)),
            minute(sys_days{2025y / December / 31}, 22, 0));
}

TEST(Bars, AreBuiltFromTheBidAndCountEveryChange) {
  BarBuilder bars(Period::m1, 10);

  bars.add(ns(100), {.bid = Price{5}, .ask = Price{7}});
  bars.add(ns(100) + 1, bid(9));
  bars.add(ns(100) + 2, bid(3));
  bars.add(ns(100) + 3, ask(6));
  bars.add(ns(102), bid(4));

  EXPECT_THAT(bars.bars(),
              testing::ElementsAre(Bar{100, Price{5}, Price{9}, Price{3}, Price{3}, 5},
                                   Bar{102, Price{4}, Price{4}, Price{4}, Price{4}, 1}));
}

TEST(Bars, LongerBarsAreMadeOfMinutes) {
  BarBuilder minutes(Period::m1, 100);
  BarBuilder fives(Period::m5, 100);
  for (int i = 0; i < 20; ++i) {
    minutes.add(ns(100) + (i * 30'000'000'000LL), bid(100 + ((i * 7) % 5)));
    fives.add(ns(100) + (i * 30'000'000'000LL), bid(100 + ((i * 7) % 5)));
  }

  BarBuilder joined(Period::m5, 100);
  for (const Bar& bar : minutes.bars()) joined.add(bar);

  EXPECT_EQ(joined.bars(), fives.bars());
  EXPECT_EQ(joined.bars().size(), 2U);
}

TEST(Bars, OnlyTheNewestAreKept) {
  BarBuilder bars(Period::m1, 2);
  for (int i = 0; i < 5; ++i) bars.add(ns(i), bid(1));

  EXPECT_EQ(bars.bars().size(), 2U);
  EXPECT_EQ(bars.bars().back().open_minute, 4);
}

}  // namespace
}  // namespace depthwire::simulator
