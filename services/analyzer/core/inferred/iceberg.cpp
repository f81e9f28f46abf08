#include "services/analyzer/core/inferred/iceberg.hpp"

#include <algorithm>
#include <cmath>

namespace depthwire::analyzer {
namespace {

constexpr std::size_t max_cycles = 512;

}  // namespace

void Iceberg::add(Ns t, const Refill& refill, std::int64_t tick_points) {
  if (refill.behind_touch > params_.near_ticks * tick_points) return;
  const auto old = std::find_if(cycles_.begin(), cycles_.end(),
                                [&](const Cycle& c) { return c.t > t - params_.window; });
  cycles_.erase(cycles_.begin(), old);
  if (cycles_.size() == max_cycles) cycles_.erase(cycles_.begin());
  cycles_.push_back({t, refill.side, refill.price, refill.added.cents});
}

std::optional<HiddenOrder> Iceberg::at(Ns t, market::Side side, market::Price price,
                                       double ease) const {
  HiddenOrder found;
  std::optional<Ns> last;
  double sum = 0;  // of the seconds between refills
  double squares = 0;
  for (const Cycle& cycle : cycles_) {
    if (cycle.t <= t - params_.window || cycle.side != side || cycle.price != price) continue;
    ++found.count;
    found.replenished_cents += cycle.cents;
    if (last) {
      const double between = static_cast<double>(cycle.t - *last) / ns_per_second;
      sum += between;
      squares += between * between;
    }
    last = cycle.t;
  }
  const auto count = static_cast<double>(found.count);
  if (found.count < 3 || count < ease * static_cast<double>(params_.min_cycles)) {
    return std::nullopt;  // of two times there is no variation to speak of
  }
  const double mean = sum / (count - 1);
  if (mean <= 0) return std::nullopt;
  const double variance = std::max(0.0, squares / (count - 1) - mean * mean);
  found.variation = std::sqrt(variance) / mean;
  if (found.variation < ease * params_.min_variation) return std::nullopt;
  found.strength = std::min(1.0, count / params_.full_cycles);
  return found;
}

}  // namespace depthwire::analyzer
