#pragma once

#include "proto/ctrader/messages.pb.h"
#include "simulator/market/board.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>

// What things cost. Volumes are in cents of a unit, money in cents of the deposit asset.
namespace depthwire::simulator::trading {

inline constexpr std::string_view deposit_asset = "USD";
inline constexpr unsigned money_digits = 2;
inline constexpr unsigned account_leverage = 100;
inline constexpr std::int64_t first_balance = 1'000'000;

/// What orders of a symbol must keep to.
struct Terms {
  std::int64_t volume_min = 0;
  std::int64_t volume_max = 0;
  std::int64_t volume_step = 1;
  std::int64_t tick_points = 1;  ///< prices are multiples of it
};

[[nodiscard]] inline Terms terms_of(const SymbolInfo& info) {
  const auto step = std::max<std::int64_t>(info.lot_cents / 100, 1);
  Terms terms{.volume_min = step, .volume_max = info.lot_cents * 1000, .volume_step = step};
  for (int digits = info.digits; digits < 5; ++digits) terms.tick_points *= 10;
  return terms;
}

/// The margin of `volume` where a unit costs `rate` of the deposit asset.
[[nodiscard]] inline std::int64_t margin_cents(std::int64_t volume, double rate) {
  return std::llround(static_cast<double>(volume) * rate / account_leverage);
}

/// What was won between two prices, negative if lost; `rate` is what a unit of the quote asset
/// costs.
[[nodiscard]] inline std::int64_t profit_cents(ctrader::ProtoOATradeSide side, std::int64_t volume,
                                               double entry, double exit, double rate) {
  const double gain = side == ctrader::BUY ? exit - entry : entry - exit;
  return std::llround(static_cast<double>(volume) * gain * rate);
}

/// What a unit of the symbol's base asset costs who buys, or gives who sells; nothing if no prices
/// lead to the deposit asset.
[[nodiscard]] std::optional<double> base_rate(const Board& board, std::size_t symbol,
                                              ctrader::ProtoOATradeSide side);
/// The same of its quote asset, by bids: profits are changed at it.
[[nodiscard]] std::optional<double> quote_rate(const Board& board, std::size_t symbol);

}  // namespace depthwire::simulator::trading
