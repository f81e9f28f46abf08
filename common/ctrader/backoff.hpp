#pragma once

#include "common/ctrader/rate_limiter.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace depthwire::ctrader {

/// Delays between attempts: 1 s doubling to 60 s, a quarter up or down by chance.
class Backoff {
 public:
  static constexpr Duration shortest = std::chrono::seconds{1};
  static constexpr Duration longest = std::chrono::seconds{60};

  /// `random` gives numbers in [0, 1).
  explicit Backoff(std::function<double()> random) : random_{std::move(random)} {}

  [[nodiscard]] Duration next() {
    const auto base = base_;
    base_ = std::min(2 * base_, longest);
    const std::chrono::duration<double> delay = base * (0.75 + 0.5 * random_());
    return std::clamp(std::chrono::duration_cast<Duration>(delay), shortest, longest);
  }
  void reset() { base_ = shortest; }

 private:
  std::function<double()> random_;
  Duration base_ = shortest;
};

}  // namespace depthwire::ctrader
