// How a symbol's numbers become outputs: evidence, quality, confidence, and nulls said once.
#include "services/analyzer/core/engine/symbol_analyzer.hpp"
#include "services/analyzer/core/inferred/volume_imbalance.hpp"

#include <algorithm>

namespace depthwire::analyzer {
namespace {

constexpr std::uint64_t spread_minimum = 60;
constexpr std::uint64_t ofi_minimum = 2;
constexpr std::uint64_t volatility_minimum = 60;
constexpr double enough_coverage = 0.8;

}  // namespace

Publisher SymbolAnalyzer::publisher(const Step& step) const {
  // A wide spread says "uncertain" to all others.
  return {symbol_, step, first_offset_, "SPREAD_ANOMALY", spread_life_.open() && spread_wide_};
}

View SymbolAnalyzer::view() const {
  return {facts_,
          params_,
          book_,
          spot_,
          ofi_,
          volatility_,
          large_,
          removals_,
          state_.live(),
          depth_quality(),
          inferred_quality()};
}

Quality SymbolAnalyzer::depth_quality() const {
  const Quality quality = state_.quality();
  return quality == Quality::ok && ladder_ ? Quality::degraded : quality;
}

Quality SymbolAnalyzer::inferred_quality() const {
  const Quality quality = depth_quality();
  return quality == Quality::ok && restates_ ? Quality::degraded : quality;
}

std::optional<double> SymbolAnalyzer::volume_imbalance_taken() const {
  if (!state_.live()) return std::nullopt;
  const auto& sums = taken_.sum(minute_window);
  return volume_imbalance(static_cast<double>(sums[buy_quarters]),
                          static_cast<double>(sums[sell_quarters]),
                          static_cast<std::uint64_t>(sums[estimates]));
}

void SymbolAnalyzer::publish_series(const Step& step) {
  const auto out = publisher(step);
  const auto imbalance_value = i5_ ? std::optional(i5_->value) : std::nullopt;
  out.series(i5_series_,
             {.value = imbalance_value,
              .z = i5_ ? imbalance_baseline_.z(i5_->value) : std::nullopt,
              .direction = direction_of(imbalance_value),
              .quality = depth_quality(),
              .n = imbalance_baseline_.n(),
              .window = baseline_window},
             1);

  const auto spread = spot_.spread_points();
  const Quality spot_quality = spread ? Quality::ok : Quality::invalid;
  const auto points = spread ? std::optional(static_cast<double>(*spread)) : std::nullopt;
  out.series(spread_series_,
             {.value = points,
              .z = points ? spread_baseline_.z(*points) : std::nullopt,
              .quality = spot_quality,
              .n = spread_baseline_.n(),
              .window = baseline_window},
             spread_minimum);
  const auto mean = spread ? spread_mean_.mean() : std::nullopt;
  out.series(spread_mean_series_,
             {.value = mean,
              .quality = spread && spread_mean_.coverage() < enough_coverage ? Quality::degraded
                                                                             : spot_quality,
              .n = spread_baseline_.n(),
              .window = main_window},
             spread_minimum);

  const bool live = state_.live();
  const auto ofi = live ? ofi_.normalised(OfiWindow::brief) : std::nullopt;
  out.series(ofi_series_,
             {.value = ofi,
              .direction = direction_of(ofi),
              .quality = depth_quality(),
              .n = ofi_.events(OfiWindow::brief),
              .window = short_window},
             ofi_minimum);
  const auto levels = live ? ofi_.multi_level() : std::nullopt;
  out.series(ofi_levels_series_,
             {.value = levels,
              .direction = direction_of(levels),
              .quality = depth_quality(),
              .n = ofi_.events(OfiWindow::brief),
              .window = short_window},
             ofi_minimum);

  const auto taken = volume_imbalance_taken();
  out.series(vi_taken_series_,
             {.value = taken,
              .direction = direction_of(taken),
              .basis = Basis::inferred,
              .quality = inferred_quality(),
              .n = static_cast<std::uint64_t>(taken_.sum(minute_window)[estimates]),
              .window = main_window},
             volume_imbalance_min_n);

  Split sum;
  double bvc_ticks = 0;
  double bvc_buy = 0;
  for (const Split& split : splits_) {
    if (split.t <= step.t - main_window) continue;
    sum.ticks += split.ticks;
    sum.bar60_buy += split.bar60_buy;
    if (split.bvc_buy) {
      bvc_ticks += split.ticks;
      bvc_buy += *split.bvc_buy;
    }
  }
  const auto bar_series = [&](Series& which, double buy, double ticks) {
    const auto n = static_cast<std::uint64_t>(ticks);
    const auto value = volume_imbalance(buy, ticks - buy, n);
    out.series(which,
               {.value = value,
                .direction = direction_of(value),
                .basis = Basis::modelled,
                .quality = Quality::ok,
                .n = n,
                .window = main_window},
               volume_imbalance_min_n);
  };
  bar_series(vi_bvc_series_, bvc_buy, bvc_ticks);
  bar_series(vi_bar60_series_, sum.bar60_buy, sum.ticks);

  if (step.t % Volatility::step_ns != 0) return;
  const auto volatility = [&](Series& which, Ns span) {
    const auto value = spot_.mid_half_points() ? volatility_.over(span) : std::nullopt;
    const bool covered = value && value->coverage >= enough_coverage;
    out.series(which,
               {.value = value ? std::optional(value->rv.volatility) : std::nullopt,
                .quality = !value    ? Quality::warming
                           : covered ? Quality::ok
                                     : Quality::degraded,
                .n = value ? value->n : 0,
                .window = span},
               volatility_minimum);
  };
  volatility(vol_short_series_, Volatility::short_span);
  volatility(vol_long_series_, Volatility::long_span);
}

}  // namespace depthwire::analyzer
