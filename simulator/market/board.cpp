#include "simulator/market/board.hpp"

#include "simulator/market/bars_back.hpp"

#include <algorithm>
#include <utility>

namespace depthwire::simulator {

using market::Price;
using market::Quote;
using market::Side;

namespace {

constexpr std::size_t bars_kept = 50'000;   // five weeks of minutes
constexpr std::size_t ticks_kept = 50'000;  // per side

constexpr std::int64_t to_ms(std::int64_t time_ns) { return time_ns / 1'000'000; }

/// Minutes since the epoch; beyond them for a time that means "any".
constexpr std::int64_t floor_minute(std::int64_t time_ms) {
  return time_ms / 60'000 - (time_ms % 60'000 < 0 ? 1 : 0);
}

}  // namespace

SymbolBoard::SymbolBoard(SymbolInfo info, const PastSettings& past)
    : info_(std::move(info)),
      past_(info_, past),
      last_(info_.opening),
      minutes_(Period::m1, bars_kept) {}

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

Newest<Tick> SymbolBoard::ticks(Side side, std::int64_t from_ms, std::int64_t to_ms,
                                std::size_t count) const {
  Newest<Tick> newest;
  const auto take = [&](const Tick& tick) {
    newest.has_more = newest.found.size() == count;
    if (!newest.has_more) newest.found.push_back(tick);
  };
  const auto& kept = side == Side::bid ? bid_ticks_ : ask_ticks_;
  auto tick = std::ranges::upper_bound(kept, to_ms, {}, &Tick::time_ms);
  while (tick != kept.begin() && (--tick)->time_ms >= from_ms && !newest.has_more) take(*tick);
  std::vector<PastTick> of_minute;
  const auto first = std::max(past_.first_minute(), floor_minute(from_ms));
  for (auto minute = std::min(past_.end_minute() - 1, floor_minute(to_ms));
       minute >= first && !newest.has_more; --minute) {
    past_.ticks(minute, of_minute);
    for (auto past = of_minute.rbegin(); past != of_minute.rend() && !newest.has_more; ++past) {
      const auto& price = side == Side::bid ? past->spot.bid : past->spot.ask;
      if (!price || past->time_ms > to_ms || past->time_ms < from_ms) continue;
      take({past->time_ms, *price});
    }
  }
  std::ranges::reverse(newest.found);
  return newest;
}

Newest<Bar> SymbolBoard::bars(Period period, std::int64_t from_ms, std::int64_t to_ms,
                              std::size_t count) const {
  BarsBack back(period, from_ms, to_ms, count);
  const auto& kept = minutes_.bars();
  for (auto bar = kept.rbegin(); bar != kept.rend() && !back.done(); ++bar) back.take(*bar);
  for (auto minute = std::min(past_.end_minute() - 1, back.newest_minute());
       minute >= past_.first_minute() && !back.done(); --minute) {
    if (const auto bar = past_.bar(minute)) {
      back.take(*bar);
    } else {
      back.pass(minute);
    }
  }
  return std::move(back).end();
}

Board::Board(std::vector<SymbolInfo> symbols, std::int64_t begin_ns, PastSettings past)
    : time_ns_(begin_ns) {
  past.end_ns = begin_ns;
  for (auto& info : symbols) symbols_.emplace_back(std::move(info), past);
}

void Board::apply(const Event& event) {
  time_ns_ = event.time_ns;
  symbols_[event.symbol].apply(event);
}

}  // namespace depthwire::simulator
