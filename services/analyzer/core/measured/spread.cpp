#include "services/analyzer/core/measured/spread.hpp"

#include <algorithm>

namespace depthwire::analyzer {

void SpotState::apply(const market::Spot& spot) {
  if (spot.bid) bid_ = spot.bid;
  if (spot.ask) ask_ = spot.ask;
  old_ = false;
}

void SpotState::note_old(const market::Spot& spot) {
  clear();
  apply(spot);
  old_ = true;
}

void SpotState::clear() {
  bid_.reset();
  ask_.reset();
  old_ = false;
}

std::optional<std::int64_t> SpotState::mid_half_points() const {
  if (!bid_ || !ask_ || old_) return std::nullopt;
  return bid_->points + ask_->points;
}

std::optional<std::int64_t> SpotState::spread_points() const {
  if (!bid_ || !ask_ || old_ || ask_->points <= bid_->points) return std::nullopt;
  return ask_->points - bid_->points;
}

double spread_bps(std::int64_t spread_points, std::int64_t mid_half_points) {
  return 1e4 * static_cast<double>(spread_points) / (0.5 * static_cast<double>(mid_half_points));
}

std::optional<Cost> cost_of_taking(std::span<const market::Level> levels, market::Side side,
                                   market::Size size, std::int64_t mid_half_points) {
  if (size.cents <= 0) return std::nullopt;
  std::int64_t left = size.cents;
  double paid = 0;
  for (std::size_t i = levels.size(); i > 0 && left > 0; --i) {
    const market::Level& level = levels[i - 1];
    const std::int64_t taken = std::min(left, level.size.cents);
    paid += static_cast<double>(taken) * static_cast<double>(level.price.points);
    left -= taken;
  }
  if (left > 0) return std::nullopt;
  const double vwap = paid / static_cast<double>(size.cents);
  const double mid = 0.5 * static_cast<double>(mid_half_points);
  return Cost{vwap, side == market::Side::ask ? vwap - mid : mid - vwap};
}

}  // namespace depthwire::analyzer
