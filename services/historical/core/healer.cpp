#include "services/historical/core/healer.hpp"

#include "common/codec/envelope.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/historical/core/page.hpp"
#include "services/historical/core/series.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace depthwire::historical {
namespace {

/// The ticks of both sides as spots, oldest first. History does not tell how those of one
/// millisecond followed each other: the first of one side is put with the first of the other.
std::vector<std::pair<std::int64_t, market::Spot>> as_spots(const TicksOfSides& ticks) {
  std::vector<std::pair<std::int64_t, market::Spot>> spots;
  spots.reserve(ticks[bus::bid].size() + ticks[bus::ask].size());
  auto bid = ticks[bus::bid].begin();
  auto ask = ticks[bus::ask].begin();
  while (bid != ticks[bus::bid].end() || ask != ticks[bus::ask].end()) {
    const bool has_bid = bid != ticks[bus::bid].end() &&
                         (ask == ticks[bus::ask].end() || bid->time_ms <= ask->time_ms);
    const bool has_ask = ask != ticks[bus::ask].end() &&
                         (bid == ticks[bus::bid].end() || ask->time_ms <= bid->time_ms);
    const auto time_ms = has_bid ? bid->time_ms : ask->time_ms;
    market::Spot spot;
    if (has_bid) spot.bid = (bid++)->price;
    if (has_ask) spot.ask = (ask++)->price;
    spots.emplace_back(time_ms * ns_per_ms, spot);
  }
  return spots;
}

}  // namespace

std::int64_t Gap::until_ms() const {
  return std::max(ranges[bus::bid].until_ms, ranges[bus::ask].until_ms);
}

void Healer::take(const journal::Record& record) {
  switch (record.header.payload_type) {
    case bus::Envelope::kSpot: return take_spot(record);
    case bus::Envelope::kClock: return clock(record);
    case bus::Envelope::kEpochStart:
    case bus::Envelope::kSourceDown:
    case bus::Envelope::kLoss: return down();
    default: return;
  }
}

void Healer::down() {
  for (auto& [name, symbol] : symbols_) {
    symbol.seen.end();
    symbol.down = true;
  }
}

void Healer::clock(const journal::Record& record) {
  bus::Envelope envelope;
  if (!envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size()))) {
    return;
  }
  for (auto& [name, symbol] : symbols_) {
    if (symbol.torn || symbol.down) continue;  // what is missing may belong to bars that are due
    symbol.bars.tick(envelope.receive_time_ns(), ended_);
    keep_torn(name, symbol);
  }
}

void Healer::take_spot(const journal::Record& record) {
  Held now;
  const auto head = codec::decode_spot(record.payload, now.spot);
  if (!head) return;
  now.event_ns = head->event_time_ns;
  now.receive_ns = head->receive_time_ns;
  auto found = symbols_.find(head->symbol);
  const bool is_new = found == symbols_.end();
  if (is_new) found = symbols_.try_emplace(std::string(head->symbol)).first;
  auto& [name, symbol] = *found;
  const auto time_ms = now.event_ns / ns_per_ms;
  // The first event of a subscription tells the last tick before it, and when that was; where the
  // broker leaves the time out, it was given that of its coming.
  const bool technical = now.spot.session_close.has_value();
  const bool timed = technical && now.event_ns != now.receive_ns;
  // Another one follows when bars are subscribed: it tells nothing that was not seen.
  const bool told =
      timed && !symbol.down && time_ms <= symbol.seen.newest_ms().value_or(time_ms - 1);
  if ((is_new || technical || symbol.down) && !told) {
    begin(symbol, timed ? std::optional(time_ms) : std::nullopt);
  }
  if (technical) {
    if (!symbol.torn) symbol.bars.note(now.spot);
    return;
  }
  symbol.seen.see(time_ms, {now.spot.bid.has_value(), now.spot.ask.has_value()});
  if (symbol.torn) {
    symbol.held.push_back(now);
  } else {
    feed(name, symbol, now);
  }
}

/// A subscription begins. What was seen since an earlier gap is, with that gap, part of the new
/// one.
void Healer::begin(Symbol& symbol, std::optional<std::int64_t> bound_ms) {
  const auto newest = symbol.seen.newest_ms();
  // A market that begins again, as a simulator's may, has nothing to do with the one before.
  if (bound_ms && newest && *bound_ms < *newest) symbol = {};
  symbol.torn = symbol.seen.newest_ms().has_value();
  symbol.down = false;
  symbol.held.clear();
  symbol.seen.begin(bound_ms);
}

void Healer::feed(const std::string& name, Symbol& symbol, const Held& held) {
  symbol.bars.tick(held.receive_ns, ended_);
  symbol.bars.take(held.spot, held.event_ns, ended_);
  keep_torn(name, symbol);
}

/// Of the bars that have ended, those that lack a tick at aggregator.
void Healer::keep_torn(const std::string& name, Symbol& symbol) {
  for (const auto& bar : std::exchange(ended_, {})) {
    const auto end_ns = market::bar_end(bar.period, bar.open_time_ns);
    const auto first = std::ranges::lower_bound(symbol.missed_ns, bar.open_time_ns);
    if (first != symbol.missed_ns.end() && *first < end_ns) mended_.push_back({name, bar});
  }
}

std::optional<Gap> Healer::gap_of(const std::string& name, const Symbol& symbol) {
  if (!symbol.torn) return std::nullopt;
  Gap gap{.symbol = name};
  for (std::size_t side = 0; side < sides; ++side) {
    const auto range = symbol.seen.gap(side);
    if (!range) return std::nullopt;  // its end is not known yet
    gap.ranges.at(side) = *range;
  }
  return gap;
}

std::optional<Gap> Healer::due(std::int64_t now_ms) const {
  for (const auto& [name, symbol] : symbols_) {
    auto gap = gap_of(name, symbol);
    if (gap && gap->until_ms() + history_lag_ms <= now_ms) return gap;
  }
  return std::nullopt;
}

bool Healer::stands(const Gap& gap) const {
  const auto found = symbols_.find(gap.symbol);
  return found != symbols_.end() && gap_of(found->first, found->second) == gap;
}

TicksOfSides Healer::mend(const Gap& gap, const TicksOfSides& history) {
  const auto found = symbols_.find(gap.symbol);
  if (found == symbols_.end()) return {};
  auto& [name, symbol] = *found;
  TicksOfSides missed;
  TicksOfSides all;
  std::vector<std::int64_t> times;
  for (std::size_t side = 0; side < sides; ++side) {
    all.at(side) = symbol.seen.between(history.at(side), side);
    missed.at(side) = symbol.seen.unseen(history.at(side), side);
    for (const auto& tick : missed.at(side)) times.push_back(tick.time_ms * ns_per_ms);
  }
  std::ranges::sort(times);
  symbol.missed_ns.insert(symbol.missed_ns.end(), times.begin(), times.end());
  for (const auto& [time_ns, spot] : as_spots(all)) {
    symbol.bars.take(spot, time_ns, ended_);
    keep_torn(name, symbol);
  }
  if (symbol.missed_ns.size() > 1) symbol.missed_ns = {symbol.missed_ns.back()};
  symbol.seen.mend();
  release(name, symbol);
  return missed;
}

void Healer::give_up(const Gap& gap) {
  const auto found = symbols_.find(gap.symbol);
  if (found == symbols_.end()) return;
  auto& [name, symbol] = *found;
  symbol.seen.give_up();
  symbol.bars.forget_prices();
  release(name, symbol);
}

void Healer::release(const std::string& name, Symbol& symbol) {
  symbol.torn = false;
  for (const auto& held : std::exchange(symbol.held, {})) feed(name, symbol, held);
}

std::vector<MendedBar> Healer::take_bars() { return std::exchange(mended_, {}); }

std::size_t Healer::gaps() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(symbols_, [](const auto& symbol) { return symbol.second.torn; }));
}

std::size_t Healer::held() const {
  std::size_t held = 0;
  for (const auto& [name, symbol] : symbols_) held += symbol.held.size();
  return held;
}

std::vector<PastTick> Healer::unseen(const std::string& symbol, std::size_t side,
                                     std::vector<PastTick> ticks) const {
  const auto found = symbols_.find(symbol);
  if (found == symbols_.end()) return ticks;
  const auto horizon = found->second.seen.horizon_ms();
  std::erase_if(ticks, [&](const auto& tick) { return tick.time_ms >= horizon; });
  return found->second.seen.unseen(ticks, side);
}

std::int64_t Healer::horizon_ms(const std::string& symbol) const {
  const auto found = symbols_.find(symbol);
  return found == symbols_.end() ? std::numeric_limits<std::int64_t>::max()
                                 : found->second.seen.horizon_ms();
}

}  // namespace depthwire::historical
