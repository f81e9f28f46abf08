#pragma once

#include <algorithm>
#include <chrono>

namespace depthwire::gateway {

/// Allows `per_second` events a second on average, and as many at once.
class Rate {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Rate(double per_second) : per_second_(per_second), tokens_(per_second) {}

  /// Whether an event at `now` is within the rate. `now` never goes back.
  [[nodiscard]] bool allow(Clock::time_point now) {
    if (last_ != Clock::time_point{}) {
      const std::chrono::duration<double> passed = now - last_;
      tokens_ = std::min(per_second_, tokens_ + passed.count() * per_second_);
    }
    last_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }

 private:
  double per_second_;
  double tokens_;
  Clock::time_point last_{};
};

}  // namespace depthwire::gateway
