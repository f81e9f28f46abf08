#pragma once

#include "services/analyzer/core/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace depthwire::analyzer {

// S16: realised volatility of the spot mid, from log returns of 5 s in bp.
// Source: signals.md S16; Andersen, Bollerslev, Diebold & Labys 2003; Barndorff-Nielsen &
// Shephard 2004.

struct RealisedVolatility {
  double variance = 0;    ///< RV, bp^2
  double volatility = 0;  ///< sqrt(RV), bp
  double bipower = 0;     ///< BV, bp^2
  double jump_share = 0;  ///< max(0, 1 - BV / RV)
};

/// Of returns in order of time. A return that is null (dropped, or never made) breaks the chain of
/// neighbours that the bipower variation takes.
[[nodiscard]] RealisedVolatility realised_volatility(
    std::span<const std::optional<double>> returns);

/// sigma_T = sqrt(RV T / window).
[[nodiscard]] double scaled_sigma(double variance, Ns horizon, Ns window);

/// Samples one symbol's mid every 5 s and keeps an hour of returns.
class Volatility {
 public:
  static constexpr Ns step_ns = 5 * ns_per_second;
  static constexpr Ns short_span = 300 * ns_per_second;
  static constexpr Ns long_span = 3'600 * ns_per_second;

  /// Takes the mid that holds at `t`, the end of a 5 s slot (previous tick); null where there is
  /// none. Slots that were left out have no return, nor has the one after them.
  void sample(Ns t, std::optional<std::int64_t> mid_half_points);
  /// Something is missing here: the return across it is dropped.
  void gap() { last_.reset(); }

  struct Value {
    RealisedVolatility rv;
    std::size_t n = 0;    ///< returns in the window
    double coverage = 0;  ///< of the slots of the window
  };
  /// Over the last 5 min or 1 h. Null below half of the short window's slots, 60 of the long one's.
  [[nodiscard]] std::optional<Value> over(Ns span) const;

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(returns_, next_, last_slot_, last_);
  }

 private:
  static constexpr std::size_t slots = static_cast<std::size_t>(long_span / step_ns);

  std::array<std::optional<double>, slots> returns_{};
  std::size_t next_ = 0;
  std::int64_t last_slot_ = 0;
  std::optional<std::int64_t> last_;
};

}  // namespace depthwire::analyzer
