#include "services/analyzer/core/inferred/absorption.hpp"

#include "services/analyzer/core/base/sorted_window.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace depthwire::analyzer {

std::optional<Fired> absorption(const AbsorptionInput& input, const AbsorptionParams& params,
                                double ease) {
  const double sum = input.taken_buy + input.taken_sell;
  const double delta = input.taken_buy - input.taken_sell;
  if (!(sum > 0) || delta == 0 || !(input.sigma > 0)) return std::nullopt;
  const bool buying = delta > 0;
  const double taken = buying ? input.taken_buy : input.taken_sell;
  const double usual = buying ? input.q90_buy : input.q90_sell;
  const double progress = buying ? input.progress_up : input.progress_down;
  const double removed = buying ? input.removed_ask : input.removed_bid;
  const double refilled = buying ? input.refilled_ask : input.refilled_bid;
  if (!(removed > 0)) return std::nullopt;

  const double max_progress = params.progress_share * input.sigma / ease;
  const double refill = refilled / removed;
  if (taken < ease * usual || std::abs(delta) / sum < ease * params.min_imbalance ||
      progress > max_progress || refill < ease * params.min_refill) {
    return std::nullopt;
  }
  return Fired{buying ? -1 : 1, (1.0 - progress / max_progress) * std::min(1.0, refill)};
}

std::optional<Fired> absorption_bar(const BarValues& bar, std::span<const BarValues> before) {
  if (before.empty() || bar.high == bar.low) return std::nullopt;
  std::vector<std::uint64_t> counts;
  std::vector<std::int64_t> ranges;
  counts.reserve(before.size());
  ranges.reserve(before.size());
  for (const BarValues& one : before) {
    counts.push_back(one.tick_count);
    ranges.push_back(one.high - one.low);
  }
  std::sort(counts.begin(), counts.end());
  std::sort(ranges.begin(), ranges.end());
  const std::int64_t small = nearest_rank<std::int64_t>(ranges, 0.25);
  if (bar.tick_count < nearest_rank<std::uint64_t>(counts, 0.9) || bar.high - bar.low > small) {
    return std::nullopt;
  }
  const double side = clv_buy_share(bar.high, bar.low, bar.close) - 0.5;
  if (side == 0) return std::nullopt;
  return Fired{side > 0 ? -1 : 1, std::min(1.0, 2.0 * std::abs(side))};
}

}  // namespace depthwire::analyzer
