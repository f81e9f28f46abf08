#pragma once

#include <cstdint>

namespace depthwire::market {

// The FX day rolls at 17:00 in New York. All functions are pure arithmetic on UTC nanoseconds since
// 1970 (any time zone database would make a replay depend on the machine): the rule of the United
// States since 2007 (second Sunday of March to first Sunday of November, 02:00 local time) and
// that of 1987-2006 (first Sunday of April to last Sunday of October), which also stands for all
// years before. Source: signals.md section 2; Energy Policy Act of 2005, section 110.

inline constexpr std::int64_t ns_per_second = 1'000'000'000;
inline constexpr std::int64_t ns_per_hour = 3'600 * ns_per_second;
inline constexpr std::int64_t ns_per_day = 24 * ns_per_hour;

/// Local time in New York minus UTC, in seconds: -18000, or -14400 in summer.
[[nodiscard]] std::int64_t new_york_offset_seconds(std::int64_t utc_ns);

/// Start of the trading day that holds `utc_ns`: 17:00 New York at or before it. A day lasts 24
/// hours, 23 and 25 on the two days when the clock changes.
[[nodiscard]] std::int64_t trading_day_start(std::int64_t utc_ns);

/// Start of the trading day after the one that holds `utc_ns`.
[[nodiscard]] std::int64_t next_trading_day_start(std::int64_t utc_ns);

/// Open time of the bar of `length_ns` (at most 24 hours) that holds `utc_ns`, counted in elapsed
/// time from the start of its trading day: 4 h bars open at 17, 21, 1, 5, 9 and 13 o'clock. On the
/// day of 23 hours the last bar is short; on that of 25 a bar of one hour ends the day, except
/// that a bar of 24 hours then lasts the whole day.
[[nodiscard]] std::int64_t trading_bar_open(std::int64_t utc_ns, std::int64_t length_ns);

/// Hour of the week in New York, 0 = Sunday 00:00-00:59, 167 = Saturday 23:00-23:59: the seasonal
/// bin of signals.md section 2.
[[nodiscard]] int new_york_hour_of_week(std::int64_t utc_ns);

inline constexpr int hours_per_week = 168;

}  // namespace depthwire::market
