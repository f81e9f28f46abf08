#include "common/service/vitals.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace depthwire::service {
namespace {

std::int64_t utc_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::nanoseconds(now).count();
}

}  // namespace

Vitals::Vitals(Runtime& runtime, std::chrono::milliseconds stall)
    : runtime_(runtime),
      clock_steps_(runtime.metrics().counter("clock_steps_total", "Times the wall clock was set.")),
      abort_stalled_(stall.count() > 0),
      // Health calls a loop stalled after a part of the time.
      loops_(stall - std::min<std::chrono::milliseconds>(stall, Health::longest_silence)) {}

void Vitals::look() {
  const auto now = std::chrono::steady_clock::now();
  watch_clock(now);
  if (abort_stalled_) watch_loops(now);
}

void Vitals::watch_clock(std::chrono::steady_clock::time_point now) {
  const auto step = clock_.look(now, utc_ns());
  if (!step) return;
  clock_steps_.add();
  spdlog::warn("the wall clock was set by {} ms; durations and limits go by another clock",
               *step / 1'000'000);
}

void Vitals::watch_loops(std::chrono::steady_clock::time_point now) {
  const std::string stalled = runtime_.health().stalled();
  if (!loops_.look(now, !stalled.empty())) return;
  spdlog::critical("{}; aborting, so that a new process takes over", stalled);
  spdlog::shutdown();
  std::abort();
}

}  // namespace depthwire::service
