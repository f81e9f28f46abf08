#pragma once

#include <algorithm>
#include <chrono>

namespace depthwire::service {

/// Decides when a loop has stood still for too long. Time in which the whole process stood (it was
/// stopped, or the machine slept) does not count: nobody looked then. Source: reliability.md F16.
class StallWatch {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  explicit StallWatch(std::chrono::milliseconds limit) : limit_(limit) {}

  /// One look, meant at least every second. True once `stalled` has been so at every look for the
  /// limit.
  [[nodiscard]] bool look(Steady now, bool stalled) {
    const auto passed =
        last_ < now ? std::min<Steady::duration>(now - last_, longest_gap) : Steady::duration{};
    last_ = now;
    stood_ = stalled ? stood_ + passed : Steady::duration{};
    return stalled && stood_ >= limit_;
  }

 private:
  static constexpr std::chrono::seconds longest_gap{1};

  std::chrono::milliseconds limit_;
  Steady last_ = Steady::max();
  Steady::duration stood_{};
};

}  // namespace depthwire::service
