#include "services/aggregator/core/book_view.hpp"

#include <algorithm>
#include <span>

namespace depthwire::aggregator {
namespace {

std::span<const market::Level> from_back(std::span<const market::Level> levels, std::size_t count) {
  return levels.last(std::min(count, levels.size()));
}

std::int64_t sum(std::span<const market::Level> levels) {
  std::int64_t cents = 0;
  for (const auto& level : from_back(levels, summed_levels)) cents += level.size.cents;
  return cents;
}

}  // namespace

void look(const market::Book& book, std::size_t depth, BookView& view) {
  const auto bids = book.levels_to_touch(market::Side::bid);
  const auto asks = book.levels_to_touch(market::Side::ask);
  const auto shown_bids = from_back(bids, depth);
  const auto shown_asks = from_back(asks, depth);
  view.bids.assign(shown_bids.rbegin(), shown_bids.rend());
  view.asks.assign(shown_asks.rbegin(), shown_asks.rend());
  view.bid_depth_cents = sum(bids);
  view.ask_depth_cents = sum(asks);
  view.mid_half_points = book.mid_half_points();
  view.spread_points.reset();
  view.imbalance.reset();
  view.weighted_mid_points.reset();
  if (!view.mid_half_points) return;

  const auto& bid = bids.back();
  const auto& ask = asks.back();
  view.spread_points = ask.price.points - bid.price.points;
  const auto both = view.bid_depth_cents + view.ask_depth_cents;
  view.imbalance =
      static_cast<double>(view.bid_depth_cents - view.ask_depth_cents) / static_cast<double>(both);
  const auto bid_size = static_cast<double>(bid.size.cents);
  const auto ask_size = static_cast<double>(ask.size.cents);
  view.weighted_mid_points = (bid_size * static_cast<double>(ask.price.points) +
                              ask_size * static_cast<double>(bid.price.points)) /
                             (bid_size + ask_size);
}

}  // namespace depthwire::aggregator
