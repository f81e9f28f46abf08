#pragma once

#include "common/market/types.hpp"

#include <optional>

namespace depthwire::simulator {

/// Turns best prices into spots the way a server sends them: only the sides that changed. A side
/// that has emptied keeps its last price, as a spot cannot say "none".
class Touch {
 public:
  [[nodiscard]] market::Spot move_to(std::optional<market::Price> bid,
                                     std::optional<market::Price> ask) {
    market::Spot spot;
    if (bid && bid != bid_) spot.bid = bid_ = bid;
    if (ask && ask != ask_) spot.ask = ask_ = ask;
    return spot;
  }

 private:
  std::optional<market::Price> bid_;
  std::optional<market::Price> ask_;
};

}  // namespace depthwire::simulator
