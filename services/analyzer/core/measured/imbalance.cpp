#include "services/analyzer/core/measured/imbalance.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace depthwire::analyzer {
namespace {

using Levels = std::span<const market::Level>;

std::int64_t nearest(Levels levels, std::size_t k) {
  std::int64_t sum = 0;
  const std::size_t count = std::min(k, levels.size());
  for (const market::Level& level : levels.last(count)) sum += level.size.cents;
  return sum;
}

std::optional<double> ratio(double bid, double ask) {
  if (!(bid + ask > 0)) return std::nullopt;
  return (bid - ask) / (bid + ask);
}

double by_distance(Levels levels, double mid_points, double scale) {
  double sum = 0;
  for (const market::Level& level : levels) {
    const double distance = std::abs(static_cast<double>(level.price.points) - mid_points);
    sum += static_cast<double>(level.size.cents) * std::exp(-distance / scale);
  }
  return sum;
}

double by_rank(Levels levels) {
  double sum = 0;
  for (std::size_t rank = 1; rank <= levels.size(); ++rank) {
    const market::Level& level = levels[levels.size() - rank];
    sum += static_cast<double>(level.size.cents) / static_cast<double>(rank);
  }
  return sum;
}

}  // namespace

std::optional<Imbalance> imbalance(Levels bids, Levels asks, std::size_t k) {
  if (bids.empty() || asks.empty()) return std::nullopt;
  const auto bid = static_cast<double>(nearest(bids, k));
  const auto ask = static_cast<double>(nearest(asks, k));
  const auto value = ratio(bid, ask);
  if (!value) return std::nullopt;
  return Imbalance{*value, std::min({k, bids.size(), asks.size()})};
}

std::optional<double> distance_weighted_imbalance(Levels bids, Levels asks, double pip_points,
                                                  double tau_pips) {
  if (bids.empty() || asks.empty()) return std::nullopt;
  const double mid = 0.5 * static_cast<double>(bids.back().price.points + asks.back().price.points);
  const double scale = tau_pips * pip_points;
  return ratio(by_distance(bids, mid, scale), by_distance(asks, mid, scale));
}

std::optional<double> rank_weighted_imbalance(Levels bids, Levels asks) {
  if (bids.empty() || asks.empty()) return std::nullopt;
  return ratio(by_rank(bids), by_rank(asks));
}

}  // namespace depthwire::analyzer
