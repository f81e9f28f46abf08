#pragma once

#include "services/analyzer/core/base/lifecycle.hpp"
#include "services/analyzer/core/modelled/splits.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace depthwire::analyzer {

// S9: heavy one-sided taking that does not move the price, because what is taken is filled up
// again. Source: signals.md S9; Degryse et al. 2005 for resiliency.

/// An event with its direction and strength.
struct Fired {
  int direction = 0;
  double strength = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(direction, strength);
  }
};

struct AbsorptionParams {
  double min_imbalance = 0.4;
  double progress_share = 0.25;  ///< of sigma_T
  double min_refill = 0.7;
};

/// The window of 10 s as it ends now. Sizes in one unit, prices in another, each the same for all.
struct AbsorptionInput {
  double taken_buy = 0;
  double taken_sell = 0;
  double q90_buy = 0;  ///< of the 10 s sums of the baseline
  double q90_sell = 0;
  double progress_up = 0;    ///< how far the mid rose at most above the window's start, >= 0
  double progress_down = 0;  ///< how far it fell below
  double sigma = 0;          ///< of S16, scaled to the window
  double removed_ask = 0;    ///< unpaired
  double removed_bid = 0;
  double refilled_ask = 0;
  double refilled_bid = 0;
};

/// Fires against the aggression. `ease` below 1 eases every threshold by that factor. Null while
/// sigma is 0: then no price could have moved.
[[nodiscard]] std::optional<Fired> absorption(const AbsorptionInput& input,
                                              const AbsorptionParams& params = {},
                                              double ease = 1.0);

/// The same told from bars, for when the estimates of taking cannot be trusted (modelled): many
/// ticks (at least q90 of 60 bars) in a small range (at most q25), against sign(clv - 0.5).
/// `before` are the 60 bars before `bar`.
[[nodiscard]] std::optional<Fired> absorption_bar(const BarValues& bar,
                                                  std::span<const BarValues> before);

}  // namespace depthwire::analyzer
