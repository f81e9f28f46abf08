#pragma once

#include "common/service/clock_watch.hpp"
#include "common/service/runtime.hpp"
#include "common/service/stall_watch.hpp"

#include <chrono>

namespace depthwire::service {

/// What a process watches of itself while it runs: that the wall clock is not set, and that no loop
/// stands still.
class Vitals {
 public:
  /// `stall`: how long a loop may stand before the process is aborted; 0: for ever.
  Vitals(Runtime& runtime, std::chrono::milliseconds stall);

  /// To be called every half second until the process stops. Aborts the process when a loop has
  /// stood still for too long: the supervisor then starts it again.
  void look();

 private:
  void watch_clock(std::chrono::steady_clock::time_point now);
  void watch_loops(std::chrono::steady_clock::time_point now);

  Runtime& runtime_;
  metrics::Counter& clock_steps_;
  ClockWatch clock_;
  bool abort_stalled_;
  StallWatch loops_;
};

}  // namespace depthwire::service
