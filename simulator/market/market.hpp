#pragma once

#include "simulator/market/event.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

namespace depthwire::simulator {

/// When a market ends of itself. Unset: when its sources do.
struct MarketLimits {
  std::optional<std::int64_t> events;       ///< after so many events
  std::optional<std::int64_t> duration_ns;  ///< after so much market time
  bool loop = false;                        ///< sources that end begin again, a second later
};

/// Several symbols on one clock: sources begin together with the earliest of them, keep their own
/// pace and are merged by time; at one time the symbol named first goes first.
class Market {
 public:
  /// `sources` in the order that their symbols shall have; names are unique.
  Market(std::vector<std::unique_ptr<SymbolSource>> sources, MarketLimits limits);

  [[nodiscard]] std::size_t symbol_count() const { return sources_.size(); }
  [[nodiscard]] const SymbolInfo& symbol(std::size_t index) const;
  [[nodiscard]] std::int64_t begin_ns() const { return begin_ns_; }
  /// Fills `event` with the next event, symbol included; false when the market has ended.
  [[nodiscard]] bool next(Event& event);

 private:
  struct Due {
    std::int64_t time_ns;
    std::size_t symbol;
    bool operator>(const Due& other) const {
      return time_ns != other.time_ns ? time_ns > other.time_ns : symbol > other.symbol;
    }
  };
  struct Entry {
    std::unique_ptr<SymbolSource> source;
    Event ahead;  // the next event of this source
  };

  void advance(std::size_t symbol);
  void start_over();

  std::vector<Entry> sources_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
  MarketLimits limits_;
  std::int64_t begin_ns_ = 0;
  std::int64_t last_ns_ = 0;
  std::int64_t loop_shift_ns_ = 0;
  std::int64_t events_ = 0;
};

}  // namespace depthwire::simulator
