#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace depthwire::ctrader {

/// Stamps receive time: UTC in nanoseconds, never going back.
///
/// On a real market the wall clock is read once, at the start, and advanced by the steady clock. In
/// environment `sim` time is the simulator's, so that a recording gives the same stamps at any
/// speed: what carries no time of its own takes the last stamp, 0 before the first.
class ReceiveClock {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  /// Time as of the simulator. `last` is the newest stamp in the journal, 0 without one.
  [[nodiscard]] static ReceiveClock simulated(std::int64_t last) {
    return ReceiveClock(true, last);
  }
  /// Time as of this machine, where `wall_ns` was read at `steady`.
  [[nodiscard]] static ReceiveClock real(std::int64_t last, std::int64_t wall_ns, Steady steady) {
    ReceiveClock clock(false, last);
    clock.base_ns_ = wall_ns;
    clock.base_ = steady;
    clock.now_ns_ = wall_ns;
    return clock;
  }

  /// It is `now`: what is stamped from here on was received now.
  void advance(Steady now) {
    if (simulated_) return;
    now_ns_ = base_ns_ + std::chrono::duration_cast<std::chrono::nanoseconds>(now - base_).count();
  }

  /// The stamp of an event that carries `simulator_ns`, or of a record of our own.
  std::int64_t stamp(std::optional<std::int64_t> simulator_ns = std::nullopt) {
    last_ = std::max(last_, simulated_ ? simulator_ns.value_or(last_) : now_ns_);
    return last_;
  }

  [[nodiscard]] std::int64_t last() const { return last_; }
  [[nodiscard]] bool is_simulated() const { return simulated_; }

 private:
  ReceiveClock(bool simulated, std::int64_t last) : simulated_{simulated}, last_{last} {}

  bool simulated_;
  std::int64_t last_;
  std::int64_t base_ns_ = 0;
  Steady base_;
  std::int64_t now_ns_ = 0;
};

}  // namespace depthwire::ctrader
