#include "common/codec/bar.hpp"

namespace depthwire::codec {
namespace {

void set_prices(const market::Prices& from, bus::Prices& to) {
  to.set_open(from.open.points);
  to.set_high(from.high.points);
  to.set_low(from.low.points);
  to.set_close(from.close.points);
}

}  // namespace

bus::Bar to_bus(const market::Bar& bar) {
  bus::Bar out;
  out.set_period(static_cast<bus::Period>(bar.period));
  out.set_open_time_ns(bar.open_time_ns);
  if (bar.bid) set_prices(*bar.bid, *out.mutable_bid());
  if (bar.ask) set_prices(*bar.ask, *out.mutable_ask());
  out.set_tick_count(bar.tick_count);
  out.set_closed(true);
  out.set_origin(bus::Bar::aggregator);
  return out;
}

}  // namespace depthwire::codec
