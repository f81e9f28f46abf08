#pragma once

#include "proto/ctrader/messages.pb.h"
#include "simulator/market/board.hpp"
#include "simulator/trading/money.hpp"
#include "simulator/trading/refusal.hpp"

#include <cmath>
#include <cstdint>
#include <optional>

namespace depthwire::simulator::trading {

[[nodiscard]] inline std::int64_t to_points(double price) {
  return std::llround(price * market::points_per_unit);
}
[[nodiscard]] inline double to_price(std::int64_t points) {
  return static_cast<double>(points) / market::points_per_unit;
}

/// True if it is executed at once or not at all.
[[nodiscard]] inline bool is_at_market(const ctrader::ProtoOANewOrderReq& order) {
  return order.ordertype() == ctrader::MARKET || order.ordertype() == ctrader::MARKET_RANGE;
}

/// Prices at which profits are taken and losses stopped.
struct Levels {
  std::optional<double> stop_loss;
  std::optional<double> take_profit;
};

/// Where the levels of an order lie that enters at `entry`: relative ones are distances from it.
[[nodiscard]] Levels levels_of(const ctrader::ProtoOANewOrderReq& order, double entry);

/// Why the levels of a position are wrong whose prices are compared with `price`; nothing if right.
[[nodiscard]] std::optional<Refusal> check_levels(const Levels& levels,
                                                  ctrader::ProtoOATradeSide side, double price,
                                                  const Terms& terms);

/// Why an order cannot be taken, by itself and by the last prices; nothing if it can. Which errors
/// a broker gives for wrong prices is documented by their names only. Source: PROTOCOL.md 10, 12.
[[nodiscard]] std::optional<Refusal> check_order(const ctrader::ProtoOANewOrderReq& order,
                                                 const SymbolBoard& board, std::int64_t now_ms);

/// Why `volume` is none that orders may have.
[[nodiscard]] std::optional<Refusal> check_volume(std::int64_t volume, const Terms& terms);

}  // namespace depthwire::simulator::trading
