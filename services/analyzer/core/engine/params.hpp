#pragma once

#include "services/analyzer/core/base/lifecycle.hpp"
#include "services/analyzer/core/base/normalisation.hpp"
#include "services/analyzer/core/base/time.hpp"
#include "services/analyzer/core/book/book_state.hpp"
#include "services/analyzer/core/inferred/absorption.hpp"
#include "services/analyzer/core/inferred/exhaustion.hpp"
#include "services/analyzer/core/inferred/iceberg.hpp"
#include "services/analyzer/core/inferred/large_order.hpp"
#include "services/analyzer/core/inferred/removals.hpp"
#include "services/analyzer/core/inferred/spoof_suspect.hpp"
#include "services/analyzer/core/inferred/sweep.hpp"
#include "services/analyzer/core/inferred/touch_removal.hpp"
#include "services/analyzer/core/measured/correlations.hpp"

#include <cstdint>

namespace depthwire::analyzer {

/// Everything that a published number depends on beside its inputs.
struct Params {
  double imbalance_threshold = 0.30;    ///< of |I_5|
  double z_threshold = 2.0;             ///< of |z(I_5)| and |z(spread)|
  Ns imbalance_hold = 500 * ns_per_ms;  ///< for which both must hold
  std::size_t large_quotes = 3;         ///< outsized quotes of a side that make a large player
  double min_touch_lots = 0.1;          ///< smaller levels are dust to OFI
  double restatement_limit = 0.8;       ///< R^2 from which estimates only restate the price
  std::size_t min_sums = 60;            ///< of the baselines of S9 and bars of S10
  Ns series_interval = ns_per_second;   ///< between values of a series; 0 = none
  Ns sentiment_interval = 10 * ns_per_second;
  Ns correlation_interval = 5 * ns_per_second;  ///< 0 = none
  Ns gap = 300 * ns_per_second;                 ///< silence of a symbol that no window may span

  AbsorptionParams absorption;
  BaselineParams baseline;
  BookStateParams book;
  CorrelationParams correlation;
  ExhaustionParams exhaustion;
  IcebergParams iceberg;
  LargeOrderParams large_order;
  LifecycleParams lifecycle;
  RemovalsParams removals;
  SpoofParams spoof;
  SweepParams sweep;
  TouchRemovalParams touch_removal;
};

/// FNV-1a over the names and values of all parameters: equal for equal parameters, on any machine.
[[nodiscard]] std::uint64_t params_hash(const Params& params);

}  // namespace depthwire::analyzer
