#include "services/analyzer/core/inferred/exhaustion.hpp"

#include <algorithm>

namespace depthwire::analyzer {
namespace {

/// The furthest price in direction `d`, as a number that grows in that direction.
std::int64_t extreme(std::span<const ActivityBar> bars, int d) {
  std::int64_t furthest = d > 0 ? bars.front().high : -bars.front().low;
  for (const ActivityBar& bar : bars) furthest = std::max(furthest, d > 0 ? bar.high : -bar.low);
  return furthest;
}

double mean_activity(std::span<const ActivityBar> bars, int d) {
  double sum = 0;
  for (const ActivityBar& bar : bars) sum += d > 0 ? bar.buy_activity : bar.sell_activity;
  return sum / static_cast<double>(bars.size());
}

}  // namespace

std::optional<Exhaustion> exhaustion(std::span<const ActivityBar> bars,
                                     const ExhaustionParams& params, double ease) {
  if (bars.size() < params.bars) return std::nullopt;
  bars = bars.last(params.bars);
  const auto earlier = bars.first(params.bars - params.recent);
  const auto recent = bars.last(params.recent);
  const std::int64_t change = bars.back().close - bars.front().close;
  if (change == 0) return std::nullopt;
  const int d = change > 0 ? 1 : -1;

  if (extreme(recent, d) <= extreme(earlier, d)) return std::nullopt;
  const double usual = mean_activity(earlier, d);
  if (!(usual > 0)) return std::nullopt;
  const double decline = 1.0 - mean_activity(recent, d) / usual;
  if (decline < ease * params.min_decline) return std::nullopt;
  std::int64_t ofi = 0;
  for (const ActivityBar& bar : recent) ofi += bar.ofi;
  if (ofi != 0 && (ofi > 0) == (d > 0)) return std::nullopt;
  return Exhaustion{-d, std::min(1.0, decline / params.full_decline), decline};
}

}  // namespace depthwire::analyzer
