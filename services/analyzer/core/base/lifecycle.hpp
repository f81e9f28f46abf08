#pragma once

#include "services/analyzer/core/base/time.hpp"

#include <cstdint>
#include <optional>

namespace depthwire::analyzer {

struct LifecycleParams {
  Ns minimum_hold = 500 * ns_per_ms;
  Ns cool_down = 30 * ns_per_second;
  Ns time_to_live = 120 * ns_per_second;
};

/// How far thresholds are eased to stay open once open (signals.md section 2, lifecycle).
inline constexpr double stay_factor = 0.7;

enum class Transition : std::uint8_t { none, open, close, expire };

/// One (symbol, type, direction): at most one instance is open, it stays open for at least the
/// minimum hold, dies of age, and the next waits for the cool-down (signals.md section 2).
class Lifecycle {
 public:
  explicit Lifecycle(const LifecycleParams& params = {}) : params_(params) {}

  /// `enter`: the thresholds hold; `stay`: the eased ones do, so an open one need not close.
  [[nodiscard]] Transition step(Ns t, bool enter, bool stay);
  /// Ends an open instance at once, with cool-down. True when one was open.
  [[nodiscard]] bool end(Ns t);

  [[nodiscard]] bool open() const { return opened_.has_value(); }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(opened_, closed_);
  }

 private:
  LifecycleParams params_;
  std::optional<Ns> opened_;
  std::optional<Ns> closed_;
};

}  // namespace depthwire::analyzer
