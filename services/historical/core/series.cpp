#include "services/historical/core/series.hpp"

#include "common/ctrader/bars.hpp"
#include "common/ctrader/decode.hpp"

namespace depthwire::historical {
namespace {

constexpr std::int64_t ms_per_minute = 60'000;
constexpr std::int64_t ms_per_hour = 60 * ms_per_minute;
constexpr std::int64_t ms_per_day = 24 * ms_per_hour;
constexpr std::int64_t ms_per_week = 7 * ms_per_day;

}  // namespace

std::string to_string(const Series& series) {
  return series.symbol + ' ' +
         (series.is_ticks() ? bus::Side_Name(series.side) + " ticks"
                            : bus::Period_Name(series.period));
}

std::optional<std::string> check(const Series& series, const Range& range) {
  if (series.symbol.empty()) return "a symbol is needed";
  if (!series.is_ticks() && !ctrader::number_of(series.period)) {
    return "the broker has no bars of this period";
  }
  if (range.from_ms < 0 || range.empty()) {
    return "the bounds are not in order: from must be at or before to, and not before 1970";
  }
  if (range.until_ms > ctrader::latest_ms) return "the end is out of range: after the year 2262";
  return std::nullopt;
}

std::int64_t widest_ms(const Series& series) {
  if (series.is_ticks()) return ms_per_week;
  if (series.period <= bus::m5) return 5 * ms_per_week;
  if (series.period <= bus::h1) return 35 * ms_per_week;
  if (series.period <= bus::d1) return 366 * ms_per_day;
  return 5 * (366 * ms_per_day);
}

std::int64_t length_ms(bus::Period period) {
  switch (period) {
    case bus::s1: return 1'000;
    case bus::m1: return ms_per_minute;
    case bus::m2: return 2 * ms_per_minute;
    case bus::m3: return 3 * ms_per_minute;
    case bus::m4: return 4 * ms_per_minute;
    case bus::m5: return 5 * ms_per_minute;
    case bus::m10: return 10 * ms_per_minute;
    case bus::m15: return 15 * ms_per_minute;
    case bus::m30: return 30 * ms_per_minute;
    case bus::h1: return ms_per_hour;
    case bus::h4: return 5 * ms_per_hour;
    case bus::h12: return 13 * ms_per_hour;
    case bus::d1: return 25 * ms_per_hour;
    case bus::w1: return ms_per_week + ms_per_hour;
    case bus::mn1: return 31 * ms_per_day + ms_per_hour;
    default: return 0;
  }
}

}  // namespace depthwire::historical
