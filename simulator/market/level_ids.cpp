#include "simulator/market/level_ids.hpp"

#include <algorithm>
#include <cassert>

namespace depthwire::simulator {

using market::DepthUpdate;
using market::Price;
using market::Quote;
using market::QuoteId;
using market::Side;
using market::Size;

void LevelIds::set(Side side, Price price, std::int64_t cents, DepthUpdate& update) {
  const Quote quote{0, side, price, Size{cents}};
  if (side == Side::bid) {
    set_in(bids_, quote, update);
  } else {
    set_in(asks_, quote, update);
  }
}

template <class Levels>
void LevelIds::set_in(Levels& levels, const Quote& quote, DepthUpdate& update) {
  const auto cents = quote.size.cents;
  assert(cents >= 0);
  const auto found = levels.find(quote.price);
  if (found != levels.end()) {
    if (found->second.cents == cents) return;
    take(found->second.id, update);
    if (cents == 0) {
      levels.erase(found);
      return;
    }
    found->second = {next_id_, cents};
  } else {
    if (cents == 0) return;
    levels.emplace(quote.price, Resting{next_id_, cents});
  }
  update.added.push_back(quote);
  update.added.back().id = next_id_++;
}

void LevelIds::clear(DepthUpdate& update) {
  for (const auto& [price, resting] : bids_) take(resting.id, update);
  for (const auto& [price, resting] : asks_) take(resting.id, update);
  bids_.clear();
  asks_.clear();
}

void LevelIds::take(QuoteId id, DepthUpdate& update) const {
  if (id < event_first_id_) {
    update.removed.push_back(id);
    return;
  }
  const auto found = std::ranges::find(update.added, id, &Quote::id);
  assert(found != update.added.end());
  update.added.erase(found);
}

std::optional<Price> LevelIds::best_bid() const {
  if (bids_.empty()) return std::nullopt;
  return bids_.begin()->first;
}

std::optional<Price> LevelIds::best_ask() const {
  if (asks_.empty()) return std::nullopt;
  return asks_.begin()->first;
}

}  // namespace depthwire::simulator
