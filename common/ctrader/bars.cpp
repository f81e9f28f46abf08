#include "common/ctrader/bars.hpp"

namespace depthwire::ctrader {
namespace {

// M1 to MN1 are 1 to 14 on the wire; the bus has 1 s before them.
constexpr PeriodNumber last_number = 14;
constexpr std::int64_t ns_per_minute = 60'000'000'000;

}  // namespace

bus::Period period_of(PeriodNumber number) {
  if (number < 1 || number > last_number) return bus::period_unknown;
  return static_cast<bus::Period>(number + 1);
}

std::optional<PeriodNumber> number_of(bus::Period period) {
  if (period < bus::m1 || period > bus::mn1) return std::nullopt;
  return static_cast<PeriodNumber>(period) - 1;
}

bus::Bar to_bus(const LiveBar& bar, bus::Bar::Origin origin) {
  bus::Bar result;
  result.set_period(period_of(bar.period));
  result.set_open_time_ns(bar.open_time_minutes * ns_per_minute);
  auto* bid = result.mutable_bid();
  bid->set_open(bar.open.points);
  bid->set_high(bar.high.points);
  bid->set_low(bar.low.points);
  bid->set_close(bar.close.value_or(bar.open).points);
  result.set_tick_count(bar.tick_count);
  result.set_origin(origin);
  return result;
}

}  // namespace depthwire::ctrader
