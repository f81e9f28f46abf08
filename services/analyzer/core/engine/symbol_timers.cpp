// What happens to a symbol as time passes. Seconds are whole seconds of receive time, windows that
// end at one hold what came before it.
#include "services/analyzer/core/engine/symbol_analyzer.hpp"
#include "services/analyzer/core/inferred/sentiment.hpp"
#include "services/analyzer/core/inferred/volume_imbalance.hpp"
#include "services/analyzer/core/measured/price_impact.hpp"

#include <algorithm>

namespace depthwire::analyzer {
namespace {

constexpr std::size_t kept_pairs = 360;  // an hour of 10 s

}  // namespace

void SymbolAnalyzer::second(const Step& step) {
  const Ns t = step.t;
  if (dormant(t)) return;
  state_.look(t, book_facts());
  if (!state_.live()) i5_.reset();
  update_health(t);
  spread_mean_.advance(t);
  ofi_.second(t);
  taken_.advance(t - 1);
  mid_path_.second();
  if (t % Volatility::step_ns == 0) volatility_.sample(t, spot_.mid_half_points());
  if (t % short_window == 0) ten_seconds(step);

  evaluate_spread(step);
  evaluate_imbalance(step);
  evaluate_large_player(step);
  evaluate_absorption(step);

  const bool live = state_.live();
  sentiment_.set(t, sentiment_composite(volume_imbalance_taken(),
                                        live ? ofi_.normalised(OfiWindow::main) : std::nullopt,
                                        i5_ ? std::optional(i5_->value) : std::nullopt));
  signals_.second(view(), publisher(step));
  if (params_.series_interval > 0 && t % params_.series_interval == 0) {
    publish_series(step);
    signals_.publish(view(), publisher(step));
  }
  if (t % params_.sentiment_interval == 0) publish_sentiment(step);
  // Last, so that a value is never in its own baseline.
  sample_baselines(t);
}

void SymbolAnalyzer::sample_baselines(Ns t) {
  if (const auto spread = spot_.spread_points()) {
    spread_baseline_.sample(t, static_cast<double>(*spread));
  }
  if (i5_) imbalance_baseline_.sample(t, i5_->value);
  if (t % short_window == 0 && state_.live()) {
    const auto& sums = taken_.sum(ten_seconds_window);
    buy_sums_.add(t, static_cast<double>(sums[buy_quarters]) / quarters_per_unit);
    sell_sums_.add(t, static_cast<double>(sums[sell_quarters]) / quarters_per_unit);
  }
}

void SymbolAnalyzer::ten_seconds(const Step& step) {
  const auto& sums = taken_.sum(ten_seconds_window);
  const double buy = static_cast<double>(sums[buy_quarters]) / quarters_per_unit;
  const double sell = static_cast<double>(sums[sell_quarters]) / quarters_per_unit;
  const auto window = mid_path_.window();
  if (window) {
    // What is usual is learned from both sides together: the hour is busy or not.
    const double taken = usual_taken_.step(step.t, buy + sell);
    const double factor = buy + sell > 0 ? taken / (buy + sell) : 1.0;
    const double ticks = usual_ticks_.step(step.t, static_cast<double>(sums[mid_changes]));
    if (tens_.size() == params_.exhaustion.bars) tens_.erase(tens_.begin());
    tens_.push_back({*window, factor * buy, factor * sell, ticks, ofi_.sum_cents(OfiWindow::brief),
                     static_cast<std::uint64_t>(sums[estimates])});
    ++tens_seen_;
  }
  if (window && state_.live()) {
    const std::array<double, 2> pair = {buy - sell,
                                        static_cast<double>(window->close - window->start)};
    if (restatement_.size() < kept_pairs) {
      restatement_.push_back(pair);
    } else {
      restatement_[next_restatement_] = pair;
      next_restatement_ = (next_restatement_ + 1) % kept_pairs;
    }
    check_restatement();
  }
  evaluate_exhaustion(step);
  if (window) {
    const double ofi = static_cast<double>(ofi_.sum_cents(OfiWindow::brief));
    signals_.ten_seconds(view(), {*window, buy, sell, ofi / market::cents_per_unit},
                         publisher(step));
  }
}

void SymbolAnalyzer::check_restatement() {
  const auto line = fit_line(restatement_);
  restates_ = restatement_.size() >= params_.min_sums && line &&
              line->r_squared > params_.restatement_limit;
}

void SymbolAnalyzer::due(const Step& step) {
  while (const auto estimate = removal_.take_due(step.t)) {
    if (!state_.live()) continue;  // what a doubtful book says is not evidence
    Taken::Values values{};
    values[estimate->sign() > 0 ? buy_quarters : sell_quarters] = estimate->taken_quarters;
    values[estimates] = estimate->taken_quarters > 0 ? 1 : 0;
    const bool bid = estimate->side == market::Side::bid;
    values[bid ? removed_bid : removed_ask] = estimate->unpaired;
    taken_.add(step.t, values);
    large_.removal(step.t, estimate->sign(), estimate->taken_quarters);
    signals_.estimate(view(), *estimate, publisher(step));

    const double units = static_cast<double>(estimate->taken_quarters) / quarters_per_unit;
    const double removed = static_cast<double>(estimate->removed) / market::cents_per_unit;
    const InputRange inputs{step.evidence->epoch(), estimate->offset, step.offset};
    step.outputs->push_back({symbol_, step.t,
                             Flow{.flavour = "taken",
                                  .t = estimate->t,
                                  .buy = bid ? 0.0 : units,
                                  .sell = bid ? units : 0.0,
                                  .removed_bid = bid ? removed : 0.0,
                                  .removed_ask = bid ? 0.0 : removed,
                                  .pi = estimate->pi(),
                                  .basis = Basis::inferred,
                                  .quality = inferred_quality(),
                                  .inputs = inputs}});
  }
  evaluate_large_player(step);
}

void SymbolAnalyzer::publish_sentiment(const Step& step) {
  Sentiment out{
      .t = step.t, .window = sentiment_window, .inputs = publisher(step).range(sentiment_window)};
  const double coverage = sentiment_.coverage();
  const auto value = sentiment_.mean();
  if (!value || coverage < sentiment_min_coverage) {
    out.quality = state_.live() ? Quality::warming : depth_quality();
    if (!sentiment_null_) step.outputs->push_back({symbol_, step.t, out});
    sentiment_null_ = true;
    return;
  }
  sentiment_null_ = false;
  out.value = *value;
  out.long_pct = sentiment_long_pct(*value);
  out.label = sentiment_label(*value);
  out.quality =
      coverage < 0.8 || inferred_quality() != Quality::ok ? Quality::degraded : Quality::ok;
  // Full at full coverage: n_full = 10 x 30 s.
  constexpr auto window_seconds = static_cast<std::uint64_t>(sentiment_window / ns_per_second);
  const auto seconds = static_cast<std::uint64_t>(coverage * static_cast<double>(window_seconds));
  out.confidence = confidence(Basis::inferred, out.quality, seconds, 30);
  step.outputs->push_back({symbol_, step.t, out});
}

}  // namespace depthwire::analyzer
