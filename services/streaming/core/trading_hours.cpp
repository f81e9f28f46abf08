#include "services/streaming/core/trading_hours.hpp"

#include <algorithm>
#include <chrono>

namespace depthwire::streaming {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t seconds_per_week = 7 * seconds_per_day;

/// The quotient rounded down, and what is left, which is never negative.
constexpr std::int64_t floor_of(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}
constexpr std::int64_t rest_of(std::int64_t value, std::int64_t by) {
  return value - floor_of(value, by) * by;
}

/// 1970 began on a Thursday, four days after a Sunday.
constexpr std::int64_t second_of_week(std::int64_t local_s) {
  return rest_of(local_s + 4 * seconds_per_day, seconds_per_week);
}

std::chrono::year_month_day date_of(std::int64_t day) {
  return std::chrono::sys_days{std::chrono::days{day}};
}

/// The first time after `from` and not after `until` at which the clock is changed, else `until`.
std::int64_t first_change(const TimeZone& zone, std::int64_t from, std::int64_t until) {
  const auto offset = zone.offset(from);
  if (zone.offset(until) == offset) return until;
  while (until - from > 1) {
    const auto middle = from + (until - from) / 2;
    (zone.offset(middle) == offset ? from : until) = middle;
  }
  return until;
}

}  // namespace

bool TradingHours::is_open(std::int64_t time_ns) const {
  return is_open_at(floor_of(time_ns, ns_per_second));
}

bool TradingHours::is_open_at(std::int64_t utc_s) const {
  const auto second = second_of_week(utc_s + zone_.offset(utc_s));
  const auto in_it = [second](const Interval& interval) {
    if (interval.start_s <= interval.end_s) {
      return (interval.start_s <= second && second < interval.end_s) ||
             second + seconds_per_week < interval.end_s;
    }
    return interval.start_s <= second || second < interval.end_s;
  };
  return std::any_of(week_.begin(), week_.end(), in_it) &&
         std::none_of(holidays_.begin(), holidays_.end(),
                      [&](const Holiday& holiday) { return is_holiday(holiday, utc_s); });
}

bool TradingHours::is_holiday(const Holiday& holiday, std::int64_t utc_s) const {
  const auto local = utc_s + holiday.zone.offset(utc_s);
  const auto today = floor_of(local, seconds_per_day);
  const auto second = rest_of(local, seconds_per_day);
  if (second < holiday.start_s || second >= holiday.end_s) return false;
  if (!holiday.every_year) return today == holiday.day;
  const auto date = date_of(today);
  const auto first = date_of(holiday.day);
  return date.month() == first.month() && date.day() == first.day();
}

std::int64_t TradingHours::steady_until(std::int64_t utc_s) const {
  const auto second = second_of_week(utc_s + zone_.offset(utc_s));
  auto span = seconds_per_week - second;
  const auto note = [&span](std::int64_t ahead) {
    if (ahead > 0) span = std::min(span, ahead);
  };
  for (const auto& interval : week_) {
    note(rest_of(interval.start_s - second, seconds_per_week));
    note(rest_of(interval.end_s - second, seconds_per_week));
  }
  for (const auto& holiday : holidays_) {
    const auto of_day = rest_of(utc_s + holiday.zone.offset(utc_s), seconds_per_day);
    note(holiday.start_s - of_day);
    note(holiday.end_s - of_day);
    note(seconds_per_day - of_day);
  }
  auto until = first_change(zone_, utc_s, utc_s + span);
  for (const auto& holiday : holidays_) until = first_change(holiday.zone, utc_s, until);
  return until;
}

std::int64_t TradingHours::open_ns(std::int64_t from_ns, std::int64_t until_ns) const {
  if (week_.empty()) return 0;
  std::int64_t open = 0;
  for (auto at = from_ns; at < until_ns;) {
    const auto second = floor_of(at, ns_per_second);
    const auto next = std::min(until_ns, steady_until(second) * ns_per_second);
    if (is_open_at(second)) open += next - at;
    at = next;
  }
  return open;
}

}  // namespace depthwire::streaming
