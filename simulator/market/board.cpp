#include "simulator/market/board.hpp"

#include <algorithm>
#include <utility>

namespace depthwire::simulator {

using market::Price;
using market::Quote;

namespace {

constexpr std::size_t bars_kept = 50'000;   // five weeks of minutes
constexpr std::size_t ticks_kept = 50'000;  // per side

constexpr std::int64_t to_ms(std::int64_t time_ns) { return time_ns / 1'000'000; }

}  // namespace

SymbolBoard::SymbolBoard(SymbolInfo info)
    : info_(std::move(info)), last_(info_.opening), minutes_(Period::m1, bars_kept) {}

void SymbolBoard::apply(const Event& event) {
  if (event.has_depth()) apply(event.depth);
  if (!event.has_spot()) return;
  last_tick_ns_ = event.time_ns;
  if (event.spot.bid) {
    last_.bid = event.spot.bid;
    remember(bid_ticks_, event.time_ns, *event.spot.bid);
  }
  if (event.spot.ask) {
    last_.ask = event.spot.ask;
    remember(ask_ticks_, event.time_ns, *event.spot.ask);
  }
  minutes_.add(event.time_ns, event.spot);
}

// Sorted by id: new ids mostly are the highest, old ones few, so this stays a short array.
void SymbolBoard::apply(const market::DepthUpdate& update) {
  const auto at = [this](market::QuoteId id) {
    return std::ranges::lower_bound(quotes_, id, {}, &Quote::id);
  };
  for (const auto id : update.removed) {
    const auto found = at(id);
    if (found != quotes_.end() && found->id == id) quotes_.erase(found);
  }
  for (const Quote& quote : update.added) {
    const auto found = at(quote.id);
    if (found != quotes_.end() && found->id == quote.id) {
      *found = quote;
    } else {
      quotes_.insert(found, quote);
    }
  }
}

void SymbolBoard::remember(std::deque<Tick>& ticks, std::int64_t time_ns, Price price) {
  ticks.push_back({to_ms(time_ns), price});
  if (ticks.size() > ticks_kept) ticks.pop_front();
}

std::vector<Bar> SymbolBoard::bars(Period period) const {
  BarBuilder builder(period, bars_kept);
  for (const Bar& bar : minutes_.bars()) builder.add(bar);
  return {builder.bars().begin(), builder.bars().end()};
}

Board::Board(std::vector<SymbolInfo> symbols, std::int64_t begin_ns) : time_ns_(begin_ns) {
  for (auto& info : symbols) symbols_.emplace_back(std::move(info));
}

void Board::apply(const Event& event) {
  time_ns_ = event.time_ns;
  symbols_[event.symbol].apply(event);
}

}  // namespace depthwire::simulator
