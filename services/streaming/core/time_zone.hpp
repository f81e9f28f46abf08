#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace depthwire::streaming {

/// How far local time is from UTC, by the rule that a zone goes by today. Times are seconds since
/// 1970. A time before the newest law is told as if that law had been in force; a zone that moves
/// its clock by no yearly rule (Morocco's in Ramadan) is told without.
class TimeZone {
 public:
  /// UTC.
  TimeZone() = default;

  /// `rule` as POSIX.1 writes it in TZ, "EST5EDT,M3.2.0,M11.1.0" or "<+03>-3"; nothing for any
  /// other text. Days are told by month, week and weekday, as every zone of the tz database does.
  [[nodiscard]] static std::optional<TimeZone> parse(std::string_view rule);

  /// Local time less UTC.
  [[nodiscard]] std::int64_t offset(std::int64_t utc_s) const;

  /// A day of each year: week 1 to 5 (5: the last) of a month, and a weekday, 0 = Sunday. The clock
  /// is changed so many seconds after its midnight, by the clock that holds until then.
  struct Change {
    unsigned month = 1, week = 1, weekday = 0;
    std::int64_t second = 0;
  };

 private:
  std::int64_t standard_ = 0;
  std::int64_t summer_ = 0;
  std::optional<Change> begin_, end_;  // of summer time; both or none
};

}  // namespace depthwire::streaming
