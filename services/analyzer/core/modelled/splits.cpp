#include "services/analyzer/core/modelled/splits.hpp"

#include <algorithm>
#include <cmath>

namespace depthwire::analyzer {

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

double bar60_buy_share(std::int64_t open, std::int64_t close) {
  if (close == open) return 0.5;
  return close > open ? 0.6 : 0.4;
}

double clv_buy_share(std::int64_t high, std::int64_t low, std::int64_t close) {
  if (high == low) return 0.5;
  return static_cast<double>(close - low) / static_cast<double>(high - low);
}

double bvc_buy_share(double close_change, double sigma) { return normal_cdf(close_change / sigma); }

std::optional<std::int64_t> CloseChanges::step(std::int64_t close) {
  const auto before = last_;
  last_ = close;
  if (!before) return std::nullopt;
  changes_[next_] = close - *before;
  next_ = (next_ + 1) % count;
  size_ = std::min(size_ + 1, count);
  return close - *before;
}

std::optional<double> CloseChanges::sigma() const {
  if (size_ < count) return std::nullopt;
  double mean = 0;
  for (const std::int64_t change : changes_) mean += static_cast<double>(change);
  mean /= static_cast<double>(count);
  double squares = 0;
  for (const std::int64_t change : changes_) {
    const double distance = static_cast<double>(change) - mean;
    squares += distance * distance;
  }
  if (!(squares > 0)) return std::nullopt;
  return std::sqrt(squares / static_cast<double>(count - 1));
}

void CloseChanges::clear() { *this = {}; }

void TickRule::step(std::int64_t mid_half_points) {
  if (last_) {
    if (mid_half_points != *last_) sign_ = mid_half_points > *last_ ? 1 : -1;
    if (sign_ > 0) ++ticks_.buy;
    if (sign_ < 0) ++ticks_.sell;
  }
  last_ = mid_half_points;
}

TickRule::Ticks TickRule::take() {
  const Ticks ticks = ticks_;
  ticks_ = {};
  return ticks;
}

void TickRule::clear() { *this = {}; }

}  // namespace depthwire::analyzer
