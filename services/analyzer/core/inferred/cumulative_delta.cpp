#include "services/analyzer/core/inferred/cumulative_delta.hpp"

#include "common/market/trading_day.hpp"

#include <algorithm>

namespace depthwire::analyzer {

void CumulativeDelta::advance(Ns t) {
  if (next_session_ && t < *next_session_) return;
  // The first one was joined in its middle, unless it begins just now.
  marked_ = !next_session_ && market::trading_day_start(t) != t;
  next_session_ = market::next_trading_day_start(t);
  sum_ = 0;
  n_ = 0;
}

void CumulativeDelta::add(Ns t, double amount) {
  advance(t);
  sum_ += amount;
  ++n_;
}

void CumulativeDelta::gap(Ns t) {
  advance(t);
  marked_ = true;
}

int divergence(std::span<const DeltaBar> before, const DeltaBar& bar) {
  if (before.empty()) return 0;
  const auto all = [&](auto holds) { return std::all_of(before.begin(), before.end(), holds); };
  const bool new_high = all([&](const DeltaBar& old) { return bar.high > old.high; });
  const bool new_low = all([&](const DeltaBar& old) { return bar.low < old.low; });
  // As the specification has it: below the highest delta, above the lowest.
  const bool followed_up = all([&](const DeltaBar& old) { return bar.delta >= old.delta; });
  const bool followed_down = all([&](const DeltaBar& old) { return bar.delta <= old.delta; });
  const bool bearish = new_high && !followed_up;
  const bool bullish = new_low && !followed_down;
  return bearish == bullish ? 0 : bearish ? -1 : 1;
}

}  // namespace depthwire::analyzer
