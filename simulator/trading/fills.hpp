#pragma once

#include "proto/ctrader/messages.pb.h"
#include "simulator/market/board.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace depthwire::simulator::trading {

/// A part of an order that is executed at one price.
struct Fill {
  std::int64_t volume = 0;
  market::Price price;
  bool operator==(const Fill&) const = default;
};

/// An order that looks for its counterpart.
struct Wanted {
  ctrader::ProtoOATradeSide side = ctrader::BUY;
  std::int64_t volume = 0;
  std::int64_t step = 1;               ///< fills are multiples of it
  std::optional<market::Price> limit;  ///< no worse than it
};

/// What the book has for an order now, the best prices first; less than it wants, or nothing, where
/// the book ends or the limit is reached. A side without a book gives any volume at the last price.
/// The book is left as it is: the simulated market does not notice the client's orders.
[[nodiscard]] std::vector<Fill> find_fills(const SymbolBoard& board, const Wanted& wanted);

}  // namespace depthwire::simulator::trading
