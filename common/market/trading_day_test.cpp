#include "common/market/trading_day.hpp"

#include <gtest/gtest.h>

namespace depthwire::market {
namespace {

// Seconds since 1970 of the named UTC times, from `date -u -d ... +%s`.
constexpr std::int64_t s2024_03_10_07_00 = 1'710'054'000;
constexpr std::int64_t s2024_11_03_06_00 = 1'730'613'600;
constexpr std::int64_t s2006_04_02_07_00 = 1'143'961'200;
constexpr std::int64_t s2006_10_29_06_00 = 1'162'101'600;
constexpr std::int64_t s2014_05_07_21_00 = 1'399'496'400;
constexpr std::int64_t s2024_01_16_22_00 = 1'705'442'400;

std::int64_t ns(std::int64_t seconds) { return seconds * ns_per_second; }

TEST(TradingDay, SummerTimeSince2007RunsFromTheSecondSundayOfMarchToTheFirstOfNovember) {
  EXPECT_EQ(new_york_offset_seconds(ns(s2024_03_10_07_00) - 1), -18'000);
  EXPECT_EQ(new_york_offset_seconds(ns(s2024_03_10_07_00)), -14'400);
  EXPECT_EQ(new_york_offset_seconds(ns(s2024_11_03_06_00) - 1), -14'400);
  EXPECT_EQ(new_york_offset_seconds(ns(s2024_11_03_06_00)), -18'000);
}

TEST(TradingDay, SummerTimeBefore2007RanFromTheFirstSundayOfAprilToTheLastOfOctober) {
  EXPECT_EQ(new_york_offset_seconds(ns(s2006_04_02_07_00) - 1), -18'000);
  EXPECT_EQ(new_york_offset_seconds(ns(s2006_04_02_07_00)), -14'400);
  EXPECT_EQ(new_york_offset_seconds(ns(s2006_10_29_06_00) - 1), -14'400);
  EXPECT_EQ(new_york_offset_seconds(ns(s2006_10_29_06_00)), -18'000);
}

TEST(TradingDay, RollsAtFiveInTheAfternoonOfNewYork) {
  // Summer: 21:00 UTC. Winter: 22:00 UTC.
  EXPECT_EQ(trading_day_start(ns(s2014_05_07_21_00)), ns(s2014_05_07_21_00));
  EXPECT_EQ(trading_day_start(ns(s2014_05_07_21_00) - 1), ns(s2014_05_07_21_00) - ns_per_day);
  EXPECT_EQ(trading_day_start(ns(s2024_01_16_22_00)), ns(s2024_01_16_22_00));
  EXPECT_EQ(trading_day_start(ns(s2024_01_16_22_00) + ns_per_day - 1), ns(s2024_01_16_22_00));
}

TEST(TradingDay, IsAnHourShortInSpringAndAnHourLongInAutumn) {
  const std::int64_t spring = trading_day_start(ns(s2024_03_10_07_00));
  const std::int64_t autumn = trading_day_start(ns(s2024_11_03_06_00));

  EXPECT_EQ(next_trading_day_start(spring) - spring, 23 * ns_per_hour);
  EXPECT_EQ(next_trading_day_start(autumn) - autumn, 25 * ns_per_hour);
  EXPECT_EQ(next_trading_day_start(ns(s2024_01_16_22_00)), ns(s2024_01_16_22_00) + ns_per_day);
}

TEST(TradingDay, EveryDayOfFortyYearsStartsWhereTheLastOneEnds) {
  std::int64_t start = trading_day_start(ns(631'152'000));  // 1990-01-01
  for (int day = 0; day < 40 * 365; ++day) {
    const std::int64_t next = next_trading_day_start(start);

    ASSERT_EQ(trading_day_start(next - 1), start);
    ASSERT_EQ(trading_day_start(next), next);
    ASSERT_EQ((next / ns_per_second + new_york_offset_seconds(next)) % 86'400, 17 * 3'600);
    start = next;
  }
}

TEST(TradingDay, BarsOfFourHoursCountFromTheRoll) {
  const std::int64_t roll = ns(s2014_05_07_21_00);
  const std::int64_t length = 4 * ns_per_hour;

  EXPECT_EQ(trading_bar_open(roll + length - 1, length), roll);
  EXPECT_EQ(trading_bar_open(roll + length, length), roll + length);
  EXPECT_EQ(trading_bar_open(roll + ns_per_day - 1, length), roll + 5 * length);
  EXPECT_EQ(trading_bar_open(roll + ns_per_day - 1, ns_per_day), roll);
}

TEST(TradingDay, ADayBarLastsTheWholeDayOfTwentyFiveHours) {
  const std::int64_t autumn = trading_day_start(ns(s2024_11_03_06_00));

  EXPECT_EQ(trading_bar_open(next_trading_day_start(autumn) - 1, ns_per_day), autumn);
}

TEST(TradingDay, TheHourOfTheWeekIsThatOfNewYork) {
  // 2014-05-07 21:00 UTC is Wednesday 17:00 in New York.
  EXPECT_EQ(new_york_hour_of_week(ns(s2014_05_07_21_00)), 3 * 24 + 17);
  EXPECT_EQ(new_york_hour_of_week(ns(s2014_05_07_21_00) - 1), 3 * 24 + 16);
  // Sunday 2024-03-10: 06:59 UTC is 01:59, 07:00 UTC is already 03:00.
  EXPECT_EQ(new_york_hour_of_week(ns(s2024_03_10_07_00) - 1), 1);
  EXPECT_EQ(new_york_hour_of_week(ns(s2024_03_10_07_00)), 3);
}

TEST(TradingDay, KnowsTimesBefore1970) {
  EXPECT_EQ(new_york_hour_of_week(-1), 3 * 24 + 18);  // Wednesday 18:59:59 in winter
}

}  // namespace
}  // namespace depthwire::market
