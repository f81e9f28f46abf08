#include "services/streaming/core/trading_hours.hpp"

#include "services/streaming/core/watch_fixture.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace depthwire::streaming {
namespace {

using namespace std::chrono;

constexpr std::int64_t hour_ns = 3'600'000'000'000;

std::int64_t utc_ns(year_month_day date, hours hour, minutes minute = minutes{0}) {
  return nanoseconds{sys_days{date}.time_since_epoch() + hour + minute}.count();
}

TimeZone new_york() { return TimeZone::parse("EST5EDT,M3.2.0,M11.1.0").value(); }

/// From Sunday 17:00 to Friday 17:00.
TradingHours forex(std::vector<TradingHours::Holiday> holidays = {}) {
  return {new_york(), {{17 * hour_s, 5 * day_s + 17 * hour_s}}, std::move(holidays)};
}

TEST(TradingHours, WithoutAScheduleNothingIsKnownToBeOpen) {
  EXPECT_FALSE(TradingHours().is_open(utc_ns(2026y / 1 / 7, 12h)));
  EXPECT_EQ(TradingHours().open_ns(0, utc_ns(2026y / 1 / 7, 12h)), 0);
}

TEST(TradingHours, AWeekEndIsClosed) {
  const auto open_hours = forex();
  const auto close = utc_ns(2026y / 1 / 9, 22h);
  const auto open = utc_ns(2026y / 1 / 11, 22h);

  EXPECT_TRUE(open_hours.is_open(close - 1));
  EXPECT_FALSE(open_hours.is_open(close));
  EXPECT_FALSE(open_hours.is_open(utc_ns(2026y / 1 / 10, 12h)));
  EXPECT_FALSE(open_hours.is_open(open - 1));
  EXPECT_TRUE(open_hours.is_open(open));
  EXPECT_EQ(open_hours.open_ns(close - 5, open + 7), 12);
  EXPECT_EQ(open_hours.open_ns(close, open), 0);
}

TEST(TradingHours, TheWeekOpensAnHourEarlierOnceTheClockIsSetAhead) {
  const auto open_hours = forex();

  EXPECT_FALSE(open_hours.is_open(utc_ns(2026y / 3 / 6, 22h)));  // Friday, by the standard clock
  EXPECT_FALSE(open_hours.is_open(utc_ns(2026y / 3 / 8, 21h) - 1));
  EXPECT_TRUE(open_hours.is_open(utc_ns(2026y / 3 / 8, 21h)));  // Sunday, by the summer clock
  EXPECT_EQ(open_hours.open_ns(utc_ns(2026y / 3 / 6, 21h), utc_ns(2026y / 3 / 8, 22h)),
            2 * hour_ns);
}

TEST(TradingHours, AndAnHourLaterOnceItIsSetBack) {
  const auto open_hours = forex();

  EXPECT_EQ(open_hours.open_ns(utc_ns(2026y / 10 / 30, 20h), utc_ns(2026y / 11 / 1, 23h)),
            2 * hour_ns);
  EXPECT_FALSE(open_hours.is_open(utc_ns(2026y / 10 / 30, 21h)));
  EXPECT_FALSE(open_hours.is_open(utc_ns(2026y / 11 / 1, 22h) - 1));
  EXPECT_TRUE(open_hours.is_open(utc_ns(2026y / 11 / 1, 22h)));
}

TEST(TradingHours, AnHourThatTheClockSkipsOrRepeatsCountsAsItPasses) {
  const TradingHours open_hours(new_york(), {{hour_s, 4 * hour_s}});  // Sundays from 1:00 to 4:00

  EXPECT_EQ(open_hours.open_ns(utc_ns(2026y / 3 / 8, 0h), utc_ns(2026y / 3 / 9, 0h)), 2 * hour_ns);
  EXPECT_EQ(open_hours.open_ns(utc_ns(2026y / 3 / 15, 0h), utc_ns(2026y / 3 / 16, 0h)),
            3 * hour_ns);
  EXPECT_EQ(open_hours.open_ns(utc_ns(2026y / 11 / 1, 0h), utc_ns(2026y / 11 / 2, 0h)),
            4 * hour_ns);
}

TEST(TradingHours, DailyBreaksAreClosed) {
  std::vector<TradingHours::Interval> week;
  for (std::int64_t day = 0; day < 5; ++day) {
    week.push_back({day * day_s + 18 * hour_s, day * day_s + 41 * hour_s});  // 23 hours from 18:00
  }
  const TradingHours open_hours(new_york(), week);

  EXPECT_FALSE(open_hours.is_open(utc_ns(2026y / 1 / 7, 22h, 30min)));  // Wednesday, 17:30
  EXPECT_EQ(open_hours.open_ns(utc_ns(2026y / 1 / 5, 0h), utc_ns(2026y / 1 / 7, 0h)), 46 * hour_ns);
  EXPECT_EQ(open_hours.open_ns(utc_ns(2026y / 1 / 4, 0h), utc_ns(2026y / 1 / 11, 0h)),
            115 * hour_ns);
}

TEST(TradingHours, AnIntervalMayReachIntoTheNextWeek) {
  for (const TradingHours::Interval interval :
       {TradingHours::Interval{6 * day_s, hour_s},  // Saturday 0:00 to Sunday 1:00
        TradingHours::Interval{6 * day_s, week_s + hour_s}}) {
    const TradingHours open_hours(TimeZone(), {interval});

    EXPECT_TRUE(open_hours.is_open(utc_ns(2026y / 1 / 10, 12h)));
    EXPECT_TRUE(open_hours.is_open(utc_ns(2026y / 1 / 11, 1h) - 1));
    EXPECT_FALSE(open_hours.is_open(utc_ns(2026y / 1 / 11, 1h)));
    EXPECT_EQ(open_hours.open_ns(utc_ns(2026y / 1 / 9, 0h), utc_ns(2026y / 1 / 12, 0h)),
              25 * hour_ns);
  }
}

TEST(TradingHours, AMarketThatNeverClosesIsOpenAllTheTime) {
  const TradingHours open_hours(TimeZone(), {{0, week_s}});

  EXPECT_EQ(open_hours.open_ns(3, utc_ns(2026y / 1 / 12, 0h)), utc_ns(2026y / 1 / 12, 0h) - 3);
}

TEST(TradingHours, AHolidayIsClosedInItsOwnZone) {
  const auto christmas = sys_days{2025y / 12 / 25}.time_since_epoch().count();
  const auto open_hours = forex({{.zone = new_york(), .day = christmas, .every_year = true}});
  const auto begin = utc_ns(2026y / 12 / 25, 5h);  // a Friday

  EXPECT_TRUE(open_hours.is_open(begin - 1));
  EXPECT_FALSE(open_hours.is_open(begin));
  EXPECT_FALSE(open_hours.is_open(utc_ns(2026y / 12 / 25, 21h)));
  EXPECT_EQ(open_hours.open_ns(begin - hour_ns, utc_ns(2026y / 12 / 26, 0h)), hour_ns);
}

TEST(TradingHours, AHolidayOfOneYearMayCloseAPartOfItsDay) {
  const auto day = sys_days{2026y / 11 / 26}.time_since_epoch().count();  // a Thursday
  const auto open_hours = forex({{new_york(), day, false, 13 * hour_s, 18 * hour_s}});

  EXPECT_TRUE(open_hours.is_open(utc_ns(2026y / 11 / 26, 18h) - 1));
  EXPECT_FALSE(open_hours.is_open(utc_ns(2026y / 11 / 26, 18h)));
  EXPECT_TRUE(open_hours.is_open(utc_ns(2026y / 11 / 26, 23h)));
  EXPECT_EQ(open_hours.open_ns(utc_ns(2026y / 11 / 26, 12h), utc_ns(2026y / 11 / 27, 12h)),
            19 * hour_ns);
  EXPECT_TRUE(open_hours.is_open(utc_ns(2025y / 11 / 26, 19h)));
}

}  // namespace
}  // namespace depthwire::streaming
