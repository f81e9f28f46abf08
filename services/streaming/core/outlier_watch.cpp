#include "services/streaming/core/outlier_watch.hpp"

#include <cstdlib>
#include <utility>

namespace depthwire::streaming {
namespace {

constexpr std::int64_t longest_step = 60'000'000'000;
// Of a normal distribution: its standard deviation by its median absolute deviation.
constexpr double deviation_by_median = 1.4826;

}  // namespace

std::optional<Jump> OutlierWatch::spot(std::int64_t time_ns, const market::Spot& spot,
                                       std::int64_t median_spread) {
  if (spot.bid) bid_ = spot.bid;
  if (spot.ask) ask_ = spot.ask;
  if (!bid_ || !ask_) return std::nullopt;
  const auto mid = bid_->points + ask_->points;
  const auto before = std::exchange(mid_, mid);
  const bool follows = before && time_ns - time_ns_ <= longest_step;
  time_ns_ = time_ns;
  const auto change = follows ? std::abs(mid - *before) : 0;
  const bool found = change != 0 && is_outlier(change, median_spread);
  if (change != 0) changes_.add(change);
  if (!found) return std::nullopt;
  return Jump{*before, mid, median_spread};
}

bool OutlierWatch::is_outlier(std::int64_t change, std::int64_t median_spread) const {
  if (limits_.spreads == 0 || median_spread == 0 || !changes_.full()) return false;
  const auto size = static_cast<double>(change);
  const auto half_points_per_spread = 2.0 * static_cast<double>(median_spread);
  // In this order: the median is looked for only where the first holds, which is rare.
  return size > limits_.spreads * half_points_per_spread &&
         size > limits_.deviations * deviation_by_median * static_cast<double>(changes_.median());
}

void OutlierWatch::restart() {
  bid_.reset();
  ask_.reset();
  mid_.reset();
}

}  // namespace depthwire::streaming
