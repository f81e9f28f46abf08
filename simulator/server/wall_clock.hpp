#pragma once

#include <chrono>
#include <cstdint>

namespace depthwire::simulator {

/// The time of day, ns since the UNIX epoch.
[[nodiscard]] inline std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace depthwire::simulator
