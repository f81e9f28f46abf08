// The five core signal types (signals.md section 3): when they fire, stay and end.
#include "services/analyzer/core/engine/symbol_analyzer.hpp"

#include <algorithm>
#include <cmath>

namespace depthwire::analyzer {
namespace {

constexpr std::array<int, 2> directions = {1, -1};

int sign(double value) { return value > 0 ? 1 : value < 0 ? -1 : 0; }

}  // namespace

void SymbolAnalyzer::evaluate_imbalance(const Step& step) {
  const auto z = i5_ ? imbalance_baseline_.z(i5_->value) : std::nullopt;
  for (std::size_t d = 0; d < directions.size(); ++d) {
    const auto beyond = [&](double ease) {
      return z && sign(i5_->value) == directions[d] &&
             std::abs(i5_->value) >= ease * params_.imbalance_threshold &&
             std::abs(*z) >= ease * params_.z_threshold;
    };
    const bool holds = beyond(1.0);
    if (!holds) imbalance_since_[d].reset();
    if (holds && !imbalance_since_[d]) imbalance_since_[d] = step.t;
    const bool enter = holds && step.t - *imbalance_since_[d] >= params_.imbalance_hold;
    const auto what = imbalance_life_[d].step(step.t, enter, beyond(stay_factor));
    if (what == Transition::none) continue;
    publisher(step).transition(what,
                               {.signal = "LIQUIDITY_IMBALANCE",
                                .value = i5_ ? std::optional(i5_->value) : std::nullopt,
                                .z = z,
                                .direction = directions[d],
                                .strength = z ? std::min(1.0, std::abs(*z) / 4.0) : 0.0,
                                .basis = Basis::measured,
                                .quality = depth_quality(),
                                .n = imbalance_baseline_.n(),
                                .window = baseline_window},
                               "open", params_.baseline.minimum);
  }
}

void SymbolAnalyzer::evaluate_spread(const Step& step) {
  const auto spread = spot_.spread_points();
  const auto z = spread ? spread_baseline_.z(static_cast<double>(*spread)) : std::nullopt;
  const bool enter = z && std::abs(*z) >= params_.z_threshold;
  const bool stay =
      z && std::abs(*z) >= stay_factor * params_.z_threshold && (*z > 0) == spread_wide_;
  const auto what = spread_life_.step(step.t, enter, stay);
  if (what == Transition::none) return;
  if (what == Transition::open) spread_wide_ = *z > 0;
  publisher(step).transition(
      what,
      {.signal = "SPREAD_ANOMALY",
       .value = spread ? std::optional(static_cast<double>(*spread)) : std::nullopt,
       .z = z,
       .strength = z ? std::min(1.0, std::abs(*z) / 4.0) : 0.0,
       .basis = Basis::measured,
       .quality = spread ? Quality::ok : Quality::invalid,
       .n = spread_baseline_.n(),
       .window = baseline_window},
      spread_wide_ ? "wide" : "tight", params_.baseline.minimum);
}

void SymbolAnalyzer::evaluate_large_player(const Step& step) {
  for (std::size_t d = 0; d < directions.size(); ++d) {
    const bool live = state_.live();
    const std::size_t quotes =
        large_.quotes(step.t, directions[d] > 0 ? market::Side::bid : market::Side::ask);
    const std::size_t removals = large_.removals(step.t, directions[d]);
    const auto needed = static_cast<double>(params_.large_quotes);
    const bool enter = live && (static_cast<double>(quotes) >= needed || removals > 0);
    const bool stay = live && (static_cast<double>(quotes) >= stay_factor * needed || removals > 0);
    const auto what = large_life_[d].step(step.t, enter, stay);
    if (what == Transition::none) continue;
    const double count = static_cast<double>(quotes + removals);
    publisher(step).transition(what,
                               {.signal = "LARGE_PLAYER",
                                .value = large_.last_cents(directions[d]) / market::cents_per_unit,
                                .direction = directions[d],
                                .strength = std::min(1.0, count / 5.0),
                                .basis = Basis::inferred,
                                .quality = inferred_quality(),
                                .n = large_.n(),
                                .window = baseline_window},
                               "open", params_.large_order.minimum);
  }
}

AbsorptionInput SymbolAnalyzer::absorption_input() const {
  AbsorptionInput input;
  const auto window = mid_path_.window();
  const auto volatility = volatility_.over(Volatility::short_span);
  if (!window || !volatility || buy_sums_.size() < params_.min_sums) return input;
  const auto& sums = taken_.sum(ten_seconds_window);
  input.taken_buy = static_cast<double>(sums[buy_quarters]) / quarters_per_unit;
  input.taken_sell = static_cast<double>(sums[sell_quarters]) / quarters_per_unit;
  input.q90_buy = nearest_rank(buy_sums_.sorted(), 0.9);
  input.q90_sell = nearest_rank(sell_sums_.sorted(), 0.9);
  input.progress_up = static_cast<double>(window->high - window->start);
  input.progress_down = static_cast<double>(window->start - window->low);
  const double bp = scaled_sigma(volatility->rv.variance, short_window, Volatility::short_span);
  input.sigma = 1e-4 * bp * static_cast<double>(window->start);  // half points, as the progress
  input.removed_ask = static_cast<double>(sums[removed_ask]) / market::cents_per_unit;
  input.removed_bid = static_cast<double>(sums[removed_bid]) / market::cents_per_unit;
  input.refilled_ask = static_cast<double>(sums[refilled_ask]) / market::cents_per_unit;
  input.refilled_bid = static_cast<double>(sums[refilled_bid]) / market::cents_per_unit;
  return input;
}

void SymbolAnalyzer::evaluate_absorption(const Step& step) {
  const Quality quality = inferred_quality();
  const bool bars = quality == Quality::degraded;  // the estimates are not to be trusted
  std::optional<Fired> fired;
  std::optional<Fired> staying;
  std::optional<double> value;
  if (bars) {
    fired = bar_absorption_;
    staying = bar_absorption_;
  } else if (quality == Quality::ok) {
    const AbsorptionInput input = absorption_input();
    fired = absorption(input, params_.absorption);
    staying = absorption(input, params_.absorption, stay_factor);
    const double sum = input.taken_buy + input.taken_sell;
    if (sum > 0) value = (input.taken_buy - input.taken_sell) / sum;
  }
  for (std::size_t d = 0; d < directions.size(); ++d) {
    const bool enter = fired && fired->direction == directions[d];
    const bool stay = staying && staying->direction == directions[d];
    const auto what = absorption_life_[d].step(step.t, enter, stay);
    if (what == Transition::none) continue;
    publisher(step).transition(what,
                               {.signal = "ABSORPTION",
                                .value = value,
                                .direction = directions[d],
                                .strength = enter  ? fired->strength
                                            : stay ? staying->strength
                                                   : 0.0,
                                .basis = bars ? Basis::modelled : Basis::inferred,
                                .quality = bars ? Quality::ok : quality,
                                .n = bars ? bars_.size() : buy_sums_.size(),
                                .window = baseline_window},
                               "open", params_.min_sums);
  }
}

void SymbolAnalyzer::evaluate_exhaustion(const Step& step) {
  std::uint64_t estimates_behind = 0;
  for (const TenSeconds& ten : tens_) estimates_behind += ten.estimates;
  const bool estimated = inferred_quality() == Quality::ok && estimates_behind >= params_.min_sums;
  std::vector<ActivityBar> bars;
  bars.reserve(tens_.size());
  for (const TenSeconds& ten : tens_) {
    bars.push_back({ten.mid.high, ten.mid.low, ten.mid.close, estimated ? ten.taken_buy : ten.ticks,
                    estimated ? ten.taken_sell : ten.ticks, ten.ofi});
  }
  const bool ready = state_.live() && tens_seen_ >= params_.min_sums;
  const auto fired = ready ? exhaustion(bars, params_.exhaustion) : std::nullopt;
  const auto staying = ready ? exhaustion(bars, params_.exhaustion, stay_factor) : std::nullopt;
  for (std::size_t d = 0; d < directions.size(); ++d) {
    const bool enter = fired && fired->direction == directions[d];
    const bool stay = staying && staying->direction == directions[d];
    const auto what = exhaustion_life_[d].step(step.t, enter, stay);
    if (what == Transition::none) continue;
    publisher(step).transition(what,
                               {.signal = "EXHAUSTION",
                                .value = stay ? std::optional(staying->decline) : std::nullopt,
                                .direction = directions[d],
                                .strength = stay ? staying->strength : 0.0,
                                .basis = estimated ? Basis::inferred : Basis::modelled,
                                .quality = depth_quality(),
                                .n = tens_seen_,
                                .window = static_cast<Ns>(params_.exhaustion.bars) * short_window},
                               "open", params_.min_sums);
  }
}

void SymbolAnalyzer::end_all(const Step& step) {
  const auto out = publisher(step);
  const auto end = [&](Lifecycle& life, std::string_view name, int direction, Basis basis) {
    if (life.end(step.t)) out.reset(name, direction, basis);
  };
  for (std::size_t d = 0; d < directions.size(); ++d) {
    end(imbalance_life_[d], "LIQUIDITY_IMBALANCE", directions[d], Basis::measured);
    end(large_life_[d], "LARGE_PLAYER", directions[d], Basis::inferred);
    end(absorption_life_[d], "ABSORPTION", directions[d], Basis::inferred);
    end(exhaustion_life_[d], "EXHAUSTION", directions[d], Basis::inferred);
  }
  end(spread_life_, "SPREAD_ANOMALY", 0, Basis::measured);
  signals_.end(out);
}

}  // namespace depthwire::analyzer
