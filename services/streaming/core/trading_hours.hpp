#pragma once

#include "services/streaming/core/time_zone.hpp"

#include <cstdint>
#include <utility>
#include <vector>

namespace depthwire::streaming {

/// When the market of a symbol is open. Times are UTC in nanoseconds. Source: cTrader Open API,
/// ProtoOASymbol `schedule` and `holiday`.
class TradingHours {
 public:
  /// Seconds since Sunday 00:00, local time: from, until before.
  struct Interval {
    std::int64_t start_s = 0;
    std::int64_t end_s = 0;  ///< before the start: in the next week
  };
  /// A part of a day on which the market is closed.
  struct Holiday {
    TimeZone zone;
    std::int64_t day = 0;  ///< since 1970-01-01
    bool every_year = false;
    std::int64_t start_s = 0;  ///< since that day's midnight
    std::int64_t end_s = 86'400;
  };

  /// Never open, as far as anybody knows.
  TradingHours() = default;
  TradingHours(TimeZone zone, std::vector<Interval> week, std::vector<Holiday> holidays = {})
      : zone_{zone}, week_{std::move(week)}, holidays_{std::move(holidays)} {}

  [[nodiscard]] bool is_open(std::int64_t time_ns) const;
  /// How long it is open from `from_ns` until before `until_ns`, in nanoseconds.
  [[nodiscard]] std::int64_t open_ns(std::int64_t from_ns, std::int64_t until_ns) const;

 private:
  [[nodiscard]] bool is_open_at(std::int64_t utc_s) const;
  [[nodiscard]] bool is_holiday(const Holiday& holiday, std::int64_t utc_s) const;
  /// Until then it stays as it is at `utc_s`; later than that.
  [[nodiscard]] std::int64_t steady_until(std::int64_t utc_s) const;

  TimeZone zone_;
  std::vector<Interval> week_;
  std::vector<Holiday> holidays_;
};

}  // namespace depthwire::streaming
