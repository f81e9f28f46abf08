#pragma once

#include "common/market/types.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>

namespace depthwire::simulator {

/// A book by price levels that gives each level a quote id, as a broker would: a level that changes
/// gets a new id, and the old id goes in the same event. Ids rise.
class LevelIds {
 public:
  /// To be called before the changes of each event: what comes and goes within one event leaves no
  /// trace in it.
  void begin_event() { event_first_id_ = next_id_; }
  /// Sets the level at `price` to `cents`, 0 removes it. A level that is so already is left alone.
  void set(market::Side side, market::Price price, std::int64_t cents, market::DepthUpdate& update);
  /// Removes every level.
  void clear(market::DepthUpdate& update);

  [[nodiscard]] std::optional<market::Price> best_bid() const;
  [[nodiscard]] std::optional<market::Price> best_ask() const;

 private:
  struct Resting {
    market::QuoteId id;
    std::int64_t cents;
  };
  template <class Side>
  void set_in(Side& levels, const market::Quote& quote, market::DepthUpdate& update);
  void take(market::QuoteId id, market::DepthUpdate& update) const;

  std::map<market::Price, Resting, std::greater<>> bids_;
  std::map<market::Price, Resting> asks_;
  market::QuoteId next_id_ = 1;
  market::QuoteId event_first_id_ = 1;
};

}  // namespace depthwire::simulator
