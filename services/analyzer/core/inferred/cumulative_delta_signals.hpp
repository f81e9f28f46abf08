#pragma once

#include "services/analyzer/core/base/signal_info.hpp"
#include "services/analyzer/core/engine/publisher.hpp"
#include "services/analyzer/core/engine/view.hpp"
#include "services/analyzer/core/inferred/cumulative_delta.hpp"
#include "services/analyzer/core/inferred/touch_removal.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace depthwire::analyzer {

/// S7: three series that are never mixed, and the divergence of the price from what was taken.
class CumulativeDeltaSignals {
 public:
  static constexpr std::array<SignalInfo, 4> infos{
      {{.name = "CVD_taken",
        .id = "S7",
        .meaning = "held for taken by buyers less by sellers, since 17:00 New York",
        .unit = Unit::size,
        .basis = Basis::inferred},
       {.name = "CVD_bvc",
        .id = "S7",
        .meaning = "ticks of the bars, split by BVC, since 17:00 New York",
        .unit = Unit::ticks,
        .basis = Basis::modelled,
        .needs = market::Capability::bars},
       {.name = "CVD_tick",
        .id = "S7",
        .meaning = "ticks up less ticks down since 17:00 New York",
        .unit = Unit::ticks,
        .needs = market::Capability::bars},
       {.name = "DELTA_DIVERGENCE",
        .id = "S7",
        .meaning = "an extreme of 20 minutes that CVD_taken does not follow",
        .unit = Unit::size,
        .basis = Basis::inferred,
        .minimum_n = 20,
        .transitions = true}}};

  explicit CumulativeDeltaSignals(const Params& params)
      : lives_{Lifecycle(params.lifecycle), Lifecycle(params.lifecycle)} {}

  void estimate(const View& view, const Estimate& estimate, const Publisher& out);
  void bar(const View& view, const ClosedBar& closed, const Publisher& out);
  void second(const View& view, const Publisher& out);
  void publish(const View& view, const Publisher& out);
  /// Something is missing at `t`.
  void gap(Ns t);
  void end(const Publisher& out);

  template <class Archive>
  void serialize(Archive& archive) {
    archive(taken_, unweighted_, bvc_, tick_, bars_, unweighted_bars_, session_, lives_,
            taken_series_, bvc_series_, tick_series_);
  }

 private:
  static constexpr std::size_t lookback = 20;

  /// `keep`: what is open and does not diverge any more need not close.
  void tell(const View& view, int direction, bool keep, const Publisher& out);

  CumulativeDelta taken_;       // units
  CumulativeDelta unweighted_;  // the same with pi fixed at 0.5: no price in the estimate
  CumulativeDelta bvc_;         // ticks
  CumulativeDelta tick_;
  std::vector<DeltaBar> bars_;  // of this session, the last 20
  std::vector<DeltaBar> unweighted_bars_;
  Ns session_ = 0;
  std::array<Lifecycle, 2> lives_;  // of direction +1 and -1
  Series taken_series_{"CVD_taken"};
  Series bvc_series_{"CVD_bvc"};
  Series tick_series_{"CVD_tick"};
};

}  // namespace depthwire::analyzer
