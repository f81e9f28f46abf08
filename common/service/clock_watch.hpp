#pragma once

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>

namespace depthwire::service {

/// Notices when the wall clock is set: it then drifts from the steady clock by more than 250 ms
/// within a second. Slower corrections pass. Source: reliability.md 7.6.
class ClockWatch {
 public:
  using Steady = std::chrono::steady_clock::time_point;

  /// The step in nanoseconds, forward or back, when the wall clock was set since the last look.
  [[nodiscard]] std::optional<std::int64_t> look(Steady steady, std::int64_t wall_ns) {
    const auto drift =
        wall_ns -
        std::chrono::duration_cast<std::chrono::nanoseconds>(steady.time_since_epoch()).count();
    if (!drift_) {
      drift_ = drift;
      since_ = steady;
      return std::nullopt;
    }
    const auto step = drift - *drift_;
    const bool is_step = std::abs(step) > most_ns;
    if (is_step || steady - since_ >= std::chrono::seconds{1}) {
      drift_ = drift;
      since_ = steady;
    }
    return is_step ? std::optional{step} : std::nullopt;
  }

 private:
  static constexpr std::int64_t most_ns = 250'000'000;

  std::optional<std::int64_t> drift_;  // wall less steady, as of since_
  Steady since_;
};

}  // namespace depthwire::service
