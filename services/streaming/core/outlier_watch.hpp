#pragma once

#include "common/market/types.hpp"
#include "services/streaming/core/recent_values.hpp"

#include <cstdint>
#include <optional>

namespace depthwire::streaming {

/// How unusual a change must be to be told.
struct OutlierLimits {
  double spreads = 20;     ///< so many median spreads; 0: nothing is judged
  double deviations = 50;  ///< and so many robust standard deviations of a change
};

/// A change of the mid, from one spot to the next, in half points.
struct Jump {
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::int64_t median_spread = 0;  ///< points
};

/// Finds spots whose mid is too far from the one before. With d the change of the mid, it is told
/// when both hold:
///
///     |d| > spreads * median(spread)      |d| > deviations * 1.4826 * median(|changes|)
///
/// over the newest spreads and the newest 61 changes other than 0, without d itself. 1.4826
/// times the median absolute deviation, here around 0, estimates a standard deviation whatever a
/// few outliers are. Source: Hampel, The influence curve and its role in robust estimation, JASA 69
/// (1974). The way back from a single wrong price is a jump as well. Nothing is judged before 61
/// changes are known, nor over more than a minute, in which a market may go anywhere.
class OutlierWatch {
 public:
  explicit OutlierWatch(const OutlierLimits& limits) : limits_{limits} {}

  /// An absent side did not change. `median_spread`: of the spots before, in points; 0: not
  /// known, and nothing is judged.
  std::optional<Jump> spot(std::int64_t time_ns, const market::Spot& spot,
                           std::int64_t median_spread);
  /// The next spot follows on none: both sides are unknown.
  void restart();

  /// The newest mid in half points, once both sides are known.
  [[nodiscard]] std::optional<std::int64_t> mid() const { return mid_; }

 private:
  [[nodiscard]] bool is_outlier(std::int64_t change, std::int64_t median_spread) const;

  OutlierLimits limits_;
  std::optional<market::Price> bid_, ask_;
  std::optional<std::int64_t> mid_;
  std::int64_t time_ns_ = 0;
  RecentValues changes_;  // half points, absolute
};

}  // namespace depthwire::streaming
