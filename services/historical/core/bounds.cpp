#include "services/historical/core/bounds.hpp"

#include "common/ctrader/bars.hpp"

namespace depthwire::historical {
namespace {

constexpr std::int64_t ns_per_ms = 1'000'000;
constexpr std::int64_t ns_per_minute = 60'000 * ns_per_ms;
constexpr std::int64_t ns_per_hour = 60 * ns_per_minute;
constexpr std::int64_t ns_per_day = 24 * ns_per_hour;
constexpr std::int64_t ns_per_week = 7 * ns_per_day;
constexpr std::int64_t ns_per_year = 366 * ns_per_day;

std::int64_t widest_ns(bus::Period period) {
  if (period <= bus::m5) return 5 * ns_per_week;
  if (period <= bus::h1) return 35 * ns_per_week;
  if (period <= bus::d1) return ns_per_year;
  return 5 * ns_per_year;
}

std::optional<std::string> check_bounds(const std::string& symbol, std::int64_t from,
                                        std::int64_t to, std::int64_t widest) {
  if (symbol.empty()) return "a symbol is needed";
  if (from < 0 || to < from) return "the bounds are not in order: from must be at or before to";
  if (to - from > widest) {
    return "the bounds are too wide: at most " + std::to_string(widest / ns_per_day) +
           " days in one request";
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> check(const bus::BarsCommand& command) {
  if (!ctrader::number_of(command.period())) return "the broker has no bars of this period";
  return check_bounds(command.symbol(), command.from_time_ns(), command.to_time_ns(),
                      widest_ns(command.period()));
}

std::optional<std::string> check(const bus::TicksCommand& command) {
  return check_bounds(command.symbol(), command.from_time_ns(), command.to_time_ns(), ns_per_week);
}

std::int64_t length_ns(bus::Period period) {
  switch (period) {
    case bus::s1: return 1'000 * ns_per_ms;
    case bus::m1: return ns_per_minute;
    case bus::m2: return 2 * ns_per_minute;
    case bus::m3: return 3 * ns_per_minute;
    case bus::m4: return 4 * ns_per_minute;
    case bus::m5: return 5 * ns_per_minute;
    case bus::m10: return 10 * ns_per_minute;
    case bus::m15: return 15 * ns_per_minute;
    case bus::m30: return 30 * ns_per_minute;
    case bus::h1: return ns_per_hour;
    case bus::h4: return 4 * ns_per_hour;
    case bus::h12: return 12 * ns_per_hour;
    case bus::d1: return ns_per_day;
    case bus::w1: return ns_per_week;
    case bus::mn1: return 31 * ns_per_day;
    default: return 0;
  }
}

}  // namespace depthwire::historical
