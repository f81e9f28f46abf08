#pragma once

#include "common/service/runtime.hpp"

#include <chrono>
#include <thread>

namespace depthwire::service {

/// Blocks SIGTERM and SIGINT in this thread and those it will start. Before any thread starts.
void block_stop_signals();

/// Turns the first SIGTERM or SIGINT into Runtime::stop(), ends the process at the second, and
/// ends it when an orderly stop takes longer than `patience`.
class StopGuard {
 public:
  StopGuard(Runtime& runtime, std::chrono::milliseconds patience);
  ~StopGuard();
  StopGuard(const StopGuard&) = delete;
  StopGuard& operator=(const StopGuard&) = delete;

 private:
  void watch();

  Runtime& runtime_;
  std::chrono::milliseconds patience_;
  int signals_;
  int done_;
  std::thread thread_;
};

}  // namespace depthwire::service
