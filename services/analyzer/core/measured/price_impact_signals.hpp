#pragma once

#include "services/analyzer/core/base/signal_info.hpp"
#include "services/analyzer/core/engine/publisher.hpp"
#include "services/analyzer/core/engine/view.hpp"
#include "services/analyzer/core/measured/price_impact.hpp"

#include <array>

namespace depthwire::analyzer {

/// S17 for the measured and the inferred flow: ticks of the mid per unit of the base asset. `z` is
/// the t-statistic, `strength` is R^2.
class PriceImpactSignals {
 public:
  static constexpr std::array<SignalInfo, 2> infos{
      {{.name = "LAMBDA_ofi",
        .id = "S17",
        .meaning = "how far the mid moves with the order flow of 10 s (Kyle's lambda)",
        .unit = Unit::ticks_by_size,
        .minimum_n = PriceImpact::minimum,
        .mirror = Mirror::stays},
       {.name = "LAMBDA_taken",
        .id = "S17",
        .meaning = "the same with what is held for taken",
        .unit = Unit::ticks_by_size,
        .basis = Basis::inferred,
        .minimum_n = PriceImpact::minimum,
        .mirror = Mirror::stays}}};

  void ten_seconds(const View& view, const TenSecondWindow& window, const Publisher& out) {
    // The mid is in half points.
    const double ticks = 0.5 * static_cast<double>(window.mid.close - window.mid.start) /
                         static_cast<double>(view.facts.tick_points());
    if (view.live) {
      by_ofi_.add(window.ofi, ticks);
      by_taken_.add(window.taken_buy - window.taken_sell, ticks);
    }
    say(out, ofi_, by_ofi_, Basis::measured, view.depth_quality);
    say(out, taken_, by_taken_, Basis::inferred, view.inferred_quality);
  }
  void clear() {
    by_ofi_.clear();
    by_taken_.clear();
  }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(by_ofi_, by_taken_, ofi_, taken_);
  }

 private:
  static constexpr Ns half_an_hour = 1'800 * ns_per_second;

  static void say(const Publisher& out, Series& series, const PriceImpact& impact, Basis basis,
                  Quality quality) {
    const auto line = quality == Quality::invalid ? std::nullopt : impact.fit();
    out.series(series,
               {.value = line ? std::optional(line->slope) : std::nullopt,
                .z = line ? line->t : std::nullopt,
                .strength = line ? line->r_squared : 0.0,
                .basis = basis,
                .quality = quality,
                .n = impact.n(),
                .window = half_an_hour},
               PriceImpact::minimum);
  }

  PriceImpact by_ofi_;
  PriceImpact by_taken_;
  Series ofi_{"LAMBDA_ofi"};
  Series taken_{"LAMBDA_taken"};
};

}  // namespace depthwire::analyzer
