#include "services/analyzer/core/inferred/cumulative_delta_signals.hpp"

#include "common/market/trading_day.hpp"

namespace depthwire::analyzer {
void CumulativeDeltaSignals::estimate(const View& /*view*/, const Estimate& estimate,
                                      const Publisher& out) {
  const Ns t = out.t();
  const double sign = estimate.sign();
  taken_.add(t, sign * static_cast<double>(estimate.taken_quarters) / quarters_per_unit);
  unweighted_.add(t, sign * static_cast<double>(2 * estimate.unpaired) / quarters_per_unit);
}

void CumulativeDeltaSignals::bar(const View& view, const ClosedBar& closed, const Publisher& out) {
  const Ns t = out.t();
  const auto ticks = static_cast<double>(closed.bar.values.tick_count);
  if (closed.bvc_buy_share) bvc_.add(t, ticks * (2 * *closed.bvc_buy_share - 1));
  tick_.add(t,
            static_cast<double>(closed.tick_rule.buy) - static_cast<double>(closed.tick_rule.sell));

  taken_.advance(t);
  unweighted_.advance(t);
  // Levels of two sessions are not to be compared.
  if (const Ns session = market::trading_day_start(t); session != session_) {
    session_ = session;
    bars_.clear();
    unweighted_bars_.clear();
  }
  const auto& values = closed.bar.values;
  const DeltaBar bar{values.high, values.low, taken_.value()};
  const DeltaBar unweighted{values.high, values.low, unweighted_.value()};
  int direction = 0;
  if (bars_.size() == lookback) {
    direction = divergence(bars_, bar);
    if (divergence(unweighted_bars_, unweighted) != direction) direction = 0;
    bars_.erase(bars_.begin());
    unweighted_bars_.erase(unweighted_bars_.begin());
  }
  bars_.push_back(bar);
  unweighted_bars_.push_back(unweighted);
  tell(view, view.live ? direction : 0, false, out);
}

void CumulativeDeltaSignals::second(const View& view, const Publisher& out) {
  for (CumulativeDelta* delta : {&taken_, &unweighted_, &bvc_, &tick_}) delta->advance(out.t());
  // What is open stays so until the next bar, but for what dies of age.
  tell(view, 0, true, out);
}

void CumulativeDeltaSignals::tell(const View& view, int direction, bool keep,
                                  const Publisher& out) {
  for (std::size_t d = 0; d < lives_.size(); ++d) {
    const int sign = d == 0 ? 1 : -1;
    const bool diverges = direction == sign;
    const auto what = lives_[d].step(out.t(), diverges, diverges || keep);
    if (what == Transition::none) continue;
    out.transition(what,
                   {.signal = "DELTA_DIVERGENCE",
                    .value = taken_.value(),
                    .direction = sign,
                    .strength = diverges ? 1.0 : 0.0,
                    .basis = Basis::inferred,
                    .quality = view.inferred_quality,
                    .n = bars_.size(),
                    .window = static_cast<Ns>(lookback) * main_window},
                   "open", lookback);
  }
}

void CumulativeDeltaSignals::publish(const View& view, const Publisher& out) {
  const auto say = [&](Series& series, const CumulativeDelta& delta, Basis basis, Quality quality) {
    const auto value = delta.n() > 0 ? std::optional(delta.value()) : std::nullopt;
    const bool marked = delta.marked() && quality == Quality::ok;
    out.series(series,
               {.value = value,
                .direction = direction_of(value),
                .basis = basis,
                .quality = marked ? Quality::degraded : quality,
                .n = delta.n(),
                .window = out.t() - market::trading_day_start(out.t())},
               1);
  };
  say(taken_series_, taken_, Basis::inferred, view.inferred_quality);
  say(bvc_series_, bvc_, Basis::modelled, Quality::ok);
  say(tick_series_, tick_, Basis::measured, Quality::ok);
}

void CumulativeDeltaSignals::gap(Ns t) {
  for (CumulativeDelta* delta : {&taken_, &unweighted_, &bvc_, &tick_}) delta->gap(t);
}

void CumulativeDeltaSignals::end(const Publisher& out) {
  for (std::size_t d = 0; d < lives_.size(); ++d) {
    if (lives_[d].end(out.t())) out.reset("DELTA_DIVERGENCE", d == 0 ? 1 : -1, Basis::inferred);
  }
}

}  // namespace depthwire::analyzer
