#include "common/market/trading_day.hpp"

namespace depthwire::market {
namespace {

constexpr std::int64_t hour_s = 3'600;
constexpr std::int64_t day_s = 24 * hour_s;
constexpr std::int64_t roll_s = 17 * hour_s;
constexpr std::int64_t standard_offset_s = -5 * hour_s;
constexpr std::int64_t summer_offset_s = -4 * hour_s;

constexpr std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

/// Days since 1970-01-01 of a date of the Gregorian calendar. The year is counted from March, so
/// that the leap day comes last; 400 years are 146,097 days.
constexpr std::int64_t days_from_civil(std::int64_t year, int month, int day) {
  const std::int64_t y = month <= 2 ? year - 1 : year;
  const std::int64_t era = floor_div(y, 400);
  const std::int64_t year_of_era = y - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t day_of_era =
      year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

constexpr std::int64_t year_of(std::int64_t days) {
  // A first guess may be one too high, never too low.
  std::int64_t year = 1970 + floor_div(days * 400, 146'097) + 1;
  while (days_from_civil(year, 1, 1) > days) --year;
  return year;
}

/// 0 = Sunday. 1970-01-01 was a Thursday.
constexpr std::int64_t weekday(std::int64_t days) { return days + 4 - floor_div(days + 4, 7) * 7; }

/// The first Sunday at or after a date, in days since 1970.
constexpr std::int64_t sunday_from(std::int64_t year, int month, int day) {
  const std::int64_t days = days_from_civil(year, month, day);
  return days + (7 - weekday(days)) % 7;
}

}  // namespace

std::int64_t new_york_offset_seconds(std::int64_t utc_ns) {
  const std::int64_t utc_s = floor_div(utc_ns, ns_per_second);
  const std::int64_t year = year_of(floor_div(utc_s, day_s));
  const std::int64_t begin_day = year >= 2007 ? sunday_from(year, 3, 8) : sunday_from(year, 4, 1);
  const std::int64_t end_day = year >= 2007 ? sunday_from(year, 11, 1) : sunday_from(year, 10, 25);
  // 02:00 local time: by the standard clock in spring, by the summer clock in autumn.
  const std::int64_t begin_s = begin_day * day_s + 2 * hour_s - standard_offset_s;
  const std::int64_t end_s = end_day * day_s + 2 * hour_s - summer_offset_s;
  return begin_s <= utc_s && utc_s < end_s ? summer_offset_s : standard_offset_s;
}

std::int64_t trading_day_start(std::int64_t utc_ns) {
  const std::int64_t local_s = floor_div(utc_ns, ns_per_second) + new_york_offset_seconds(utc_ns);
  const std::int64_t roll_local_s = floor_div(local_s - roll_s, day_s) * day_s + roll_s;
  // No clock changes between 16:00 and 18:00, so either offset tells which holds at the roll.
  const std::int64_t guess_s = roll_local_s - standard_offset_s;
  return (roll_local_s - new_york_offset_seconds(guess_s * ns_per_second)) * ns_per_second;
}

std::int64_t next_trading_day_start(std::int64_t utc_ns) {
  // 30 hours after a start lie inside the next day, be this one 23, 24 or 25 hours long.
  return trading_day_start(trading_day_start(utc_ns) + 30 * ns_per_hour);
}

std::int64_t trading_bar_open(std::int64_t utc_ns, std::int64_t length_ns) {
  const std::int64_t start = trading_day_start(utc_ns);
  if (length_ns >= ns_per_day) return start;
  return start + (utc_ns - start) / length_ns * length_ns;
}

int new_york_hour_of_week(std::int64_t utc_ns) {
  const std::int64_t local_s = floor_div(utc_ns, ns_per_second) + new_york_offset_seconds(utc_ns);
  const std::int64_t days = floor_div(local_s, day_s);
  return static_cast<int>(weekday(days) * 24 + (local_s - days * day_s) / hour_s);
}

}  // namespace depthwire::market
