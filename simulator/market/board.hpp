#pragma once

#include "simulator/market/bars.hpp"
#include "simulator/market/event.hpp"
#include "simulator/market/past.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

namespace depthwire::simulator {

/// One change of one side of a symbol's best prices.
struct Tick {
  std::int64_t time_ms = 0;
  market::Price price;
};

/// The newest of what was asked for, oldest first, and whether there is more of it.
template <class Each>
struct Newest {
  std::vector<Each> found;
  bool has_more = false;
};

/// Where one symbol stands: what a client that subscribes now is told, and the history so far.
class SymbolBoard {
 public:
  SymbolBoard(SymbolInfo info, const PastSettings& past);

  void apply(const Event& event);

  [[nodiscard]] const SymbolInfo& info() const { return info_; }
  /// The last known prices; the opening prices before the first event.
  [[nodiscard]] const market::Spot& last() const { return last_; }
  [[nodiscard]] std::int64_t last_tick_ns() const { return last_tick_ns_; }
  /// Every quote of the book, by rising id.
  [[nodiscard]] std::span<const market::Quote> quotes() const { return quotes_; }
  /// The newest `count` ticks of a side within [from, to], in Unix ms, also of its past.
  [[nodiscard]] Newest<Tick> ticks(market::Side side, std::int64_t from_ms, std::int64_t to_ms,
                                   std::size_t count) const;
  /// The newest `count` bars that open within [from, to], also of its past; the last may be
  /// forming.
  [[nodiscard]] Newest<Bar> bars(Period period, std::int64_t from_ms, std::int64_t to_ms,
                                 std::size_t count) const;

 private:
  void apply(const market::DepthUpdate& update);
  void remember(std::deque<Tick>& ticks, std::int64_t time_ns, market::Price price);

  SymbolInfo info_;
  Past past_;
  market::Spot last_;
  std::int64_t last_tick_ns_ = 0;
  std::vector<market::Quote> quotes_;
  BarBuilder minutes_;
  std::deque<Tick> bid_ticks_;
  std::deque<Tick> ask_ticks_;
};

/// All symbols. A symbol's id on the wire is its index plus one.
class Board {
 public:
  Board(std::vector<SymbolInfo> symbols, std::int64_t begin_ns, PastSettings past = {});

  void apply(const Event& event);

  [[nodiscard]] std::size_t size() const { return symbols_.size(); }
  [[nodiscard]] const SymbolBoard& at(std::size_t index) const { return symbols_.at(index); }
  /// The simulator clock: the time of the last event.
  [[nodiscard]] std::int64_t time_ns() const { return time_ns_; }
  /// It is `time_ns` although nothing has happened; never back.
  void advance(std::int64_t time_ns) { time_ns_ = std::max(time_ns_, time_ns); }

 private:
  std::vector<SymbolBoard> symbols_;
  std::int64_t time_ns_;
};

}  // namespace depthwire::simulator
