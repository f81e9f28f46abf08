#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace depthwire::bus {

/// A token bucket: so many bytes a second, and an eighth of that at once. What is spent may exceed
/// what is there; then it is waited for afterwards. Pure.
class Throttle {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// 0: no limit.
  Throttle(std::uint64_t bytes_per_second, Time now)
      : rate_(static_cast<double>(bytes_per_second)), bytes_(rate_ / 8), at_(now) {}

  void spend(std::uint64_t bytes) { bytes_ -= static_cast<double>(bytes); }

  /// How long until something may be spent; 0: now.
  [[nodiscard]] std::chrono::milliseconds wait(Time now) {
    if (rate_ <= 0) return std::chrono::milliseconds(0);
    bytes_ += rate_ * std::chrono::duration<double>(now - at_).count();
    bytes_ = std::min(bytes_, rate_ / 8);
    at_ = now;
    if (bytes_ > 0) return std::chrono::milliseconds(0);
    return std::chrono::ceil<std::chrono::milliseconds>(
        std::chrono::duration<double>((1 - bytes_) / rate_));
  }

 private:
  double rate_;
  double bytes_;
  Time at_;
};

}  // namespace depthwire::bus
