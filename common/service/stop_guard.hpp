#pragma once

#include "common/service/runtime.hpp"

#include <chrono>
#include <functional>
#include <thread>

namespace depthwire::service {

/// Blocks SIGTERM and SIGINT in this thread and those it will start. Before any thread starts.
void block_stop_signals();

/// Waits for `time`; false when SIGTERM or SIGINT came instead. Before StopGuard watches them.
[[nodiscard]] bool wait_unless_stopped(std::chrono::seconds time);

/// Turns the first SIGTERM or SIGINT into Runtime::stop(), ends the process at the second, and
/// ends it when an orderly stop takes longer than `patience`. Calls `survived` after short_life.
class StopGuard {
 public:
  StopGuard(Runtime& runtime, std::chrono::milliseconds patience, std::function<void()> survived);
  ~StopGuard();
  StopGuard(const StopGuard&) = delete;
  StopGuard& operator=(const StopGuard&) = delete;

 private:
  void watch();

  Runtime& runtime_;
  std::chrono::milliseconds patience_;
  std::function<void()> survived_;
  int signals_;
  int done_;
  std::thread thread_;
};

}  // namespace depthwire::service
