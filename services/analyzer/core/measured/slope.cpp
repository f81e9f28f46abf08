#include "services/analyzer/core/measured/slope.hpp"

#include <algorithm>
#include <cmath>

namespace depthwire::analyzer {
namespace {

using Levels = std::span<const market::Level>;

/// Twice the mid in points; nothing while a side is empty, or one price is on both.
std::optional<std::int64_t> open_mid(Levels bids, Levels asks) {
  if (bids.empty() || asks.empty()) return std::nullopt;
  const std::int64_t bid = bids.back().price.points;
  const std::int64_t ask = asks.back().price.points;
  return ask > bid ? std::optional(bid + ask) : std::nullopt;
}

/// Calls `take(size in cents, distance in pips)` for each level within the limit, nearest first.
template <class Take>
void outwards(Levels levels, std::int64_t mid_half_points, double pip_points, Take take) {
  for (std::size_t i = levels.size(); i > 0; --i) {
    const auto& level = levels[i - 1];
    const auto half_points = std::abs(2 * level.price.points - mid_half_points);
    const double distance = 0.5 * static_cast<double>(half_points) / pip_points;
    if (distance > slope_pips) return;
    take(static_cast<double>(level.size.cents), distance);
  }
}

std::optional<double> side_slope(Levels levels, std::int64_t mid_half_points, double pip_points) {
  double cumulated = 0;
  double products = 0;
  double squares = 0;
  outwards(levels, mid_half_points, pip_points, [&](double cents, double distance) {
    cumulated += cents;
    products += cumulated * distance;
    squares += distance * distance;
  });
  if (!(squares > 0)) return std::nullopt;
  return products / squares;
}

double side_pressure(Levels levels, std::int64_t mid_half_points, double pip_points) {
  double sum = 0;
  outwards(levels, mid_half_points, pip_points,
           [&](double cents, double distance) { sum += cents / distance; });
  return sum;
}

}  // namespace

std::optional<Slope> slope(Levels bids, Levels asks, double pip_points) {
  const auto mid = open_mid(bids, asks);
  if (!mid) return std::nullopt;
  const auto bid = side_slope(bids, *mid, pip_points);
  const auto ask = side_slope(asks, *mid, pip_points);
  if (!bid || !ask) return std::nullopt;
  return Slope{*bid, *ask, (*bid - *ask) / (*bid + *ask)};
}

std::optional<double> pressure(Levels bids, Levels asks, double pip_points) {
  const auto mid = open_mid(bids, asks);
  if (!mid) return std::nullopt;
  const double bid = side_pressure(bids, *mid, pip_points);
  const double ask = side_pressure(asks, *mid, pip_points);
  if (!(bid > 0) || !(ask > 0)) return std::nullopt;
  return (bid - ask) / (bid + ask);
}

void Stacking::step(Levels bids, Levels asks) {
  follow(sides_[static_cast<std::size_t>(market::Side::bid)], bids);
  follow(sides_[static_cast<std::size_t>(market::Side::ask)], asks);
}

// Both are sorted alike, so that one walk finds who stayed.
void Stacking::follow(Stays& stays, Levels levels) {
  scratch_.clear();
  const bool ascending =
      levels.size() < 2 || levels.front().price.points < levels.back().price.points;
  const auto before = [ascending](market::Price a, market::Price b) {
    return ascending ? a < b : b < a;
  };
  auto old = stays.begin();
  for (const market::Level& level : levels) {
    old = std::find_if(old, stays.end(),
                       [&](const Stay& stay) { return !before(stay.level.price, level.price); });
    const bool stayed = old != stays.end() && old->level.price == level.price;
    scratch_.push_back(stayed ? *old : Stay{});
    scratch_.back().level = level;
  }
  std::swap(stays, scratch_);
}

void Stacking::second() {
  for (Stays& stays : sides_) {
    for (Stay& stay : stays) {
      stay.cents[next_] = stay.level.size.cents;
      stay.known = std::min(stay.known + 1, seconds);
    }
  }
  next_ = (next_ + 1) % seconds;
}

void Stacking::clear() {
  for (Stays& stays : sides_) stays.clear();
  next_ = 0;
}

std::optional<Stacking::Change> Stacking::change(market::Side side) const {
  Change change;
  for (const Stay& stay : sides_[static_cast<std::size_t>(side)]) {
    if (stay.known < seconds) continue;
    change.cents += stay.level.size.cents - stay.cents[next_];  // the oldest
    ++change.prices;
  }
  return change.prices > 0 ? std::optional(change) : std::nullopt;
}

}  // namespace depthwire::analyzer
