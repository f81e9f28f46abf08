#pragma once

#include "common/market/types.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace depthwire::simulator {

/// One thing that happens in the simulated market: a change of one symbol's book, of its best
/// prices, or of both at once. Reused from event to event, so that nothing is allocated per event.
struct Event {
  std::int64_t time_ns = 0;   ///< simulator clock, since the UNIX epoch
  std::size_t symbol = 0;     ///< place in Market::symbols()
  market::DepthUpdate depth;  ///< empty when the book did not change
  market::Spot spot;          ///< empty when the best prices did not change

  [[nodiscard]] bool has_depth() const { return !depth.added.empty() || !depth.removed.empty(); }
  [[nodiscard]] bool has_spot() const { return spot.bid.has_value() || spot.ask.has_value(); }
  void clear() {
    depth.added.clear();
    depth.removed.clear();
    spot = {};
  }
};

/// What the server tells about a symbol, and what its technical spot shows before the first event.
struct SymbolInfo {
  std::string name;
  std::string description;
  int digits = 5;
  std::int64_t lot_cents = 10'000'000;
  bool has_depth = true;
  market::Spot opening;  ///< the first known prices, a side may be unknown
};

/// The events of one symbol in time order. `Event::symbol` is left alone.
class SymbolSource {
 public:
  SymbolSource() = default;
  SymbolSource(const SymbolSource&) = delete;
  SymbolSource& operator=(const SymbolSource&) = delete;
  virtual ~SymbolSource() = default;

  [[nodiscard]] virtual const SymbolInfo& info() const = 0;
  /// The time of the first event, as the source has it.
  [[nodiscard]] virtual std::int64_t begin_ns() const = 0;
  /// Fills `event` with the next event that changes anything; false at the end.
  [[nodiscard]] virtual bool next(Event& event) = 0;
  /// Begins again. The first depth event after it removes what still rests in the book.
  virtual void restart() = 0;
};

}  // namespace depthwire::simulator
