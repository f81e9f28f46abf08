#pragma once

#include "services/analyzer/core/inferred/absorption.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace depthwire::analyzer {

// S10: a trend goes on while its fuel dries up. Source: signals.md S10 (industry usage).

/// One bar of 10 s of the spot mid.
struct ActivityBar {
  std::int64_t high = 0;  ///< half points
  std::int64_t low = 0;
  std::int64_t close = 0;
  double buy_activity = 0;  ///< deseasonalised: taken by buyers, or ticks
  double sell_activity = 0;
  std::int64_t ofi = 0;  ///< cents
};

struct ExhaustionParams {
  std::size_t bars = 20;
  std::size_t recent = 5;
  double min_decline = 0.30;
  double full_decline = 0.60;
};

struct Exhaustion {
  int direction = 0;
  double strength = 0;
  double decline = 0;
};

/// Fires against the trend of the last `params.bars` of `bars` (oldest first). `ease` below 1 eases
/// the decline that is needed.
[[nodiscard]] std::optional<Exhaustion> exhaustion(std::span<const ActivityBar> bars,
                                                   const ExhaustionParams& params = {},
                                                   double ease = 1.0);

}  // namespace depthwire::analyzer
