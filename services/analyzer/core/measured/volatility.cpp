#include "services/analyzer/core/measured/volatility.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace depthwire::analyzer {

RealisedVolatility realised_volatility(std::span<const std::optional<double>> returns) {
  RealisedVolatility rv;
  std::optional<double> before;
  for (const auto& value : returns) {
    if (value) {
      rv.variance += *value * *value;
      if (before) rv.bipower += std::abs(*value) * std::abs(*before);
    }
    before = value;
  }
  rv.bipower *= 0.5 * std::numbers::pi;
  rv.volatility = std::sqrt(rv.variance);
  if (rv.variance > 0) rv.jump_share = std::max(0.0, 1.0 - rv.bipower / rv.variance);
  return rv;
}

double scaled_sigma(double variance, Ns horizon, Ns window) {
  return std::sqrt(variance * static_cast<double>(horizon) / static_cast<double>(window));
}

void Volatility::sample(Ns t, std::optional<std::int64_t> mid_half_points) {
  const std::int64_t slot = t / step_ns;
  const std::int64_t missed = std::min<std::int64_t>(slot - last_slot_ - 1, slots);
  for (std::int64_t i = 0; i < missed; ++i) {
    returns_[next_].reset();
    next_ = (next_ + 1) % slots;
    last_.reset();
  }
  last_slot_ = slot;
  std::optional<double> value;
  if (mid_half_points && last_) {
    value = 1e4 * std::log(static_cast<double>(*mid_half_points) / static_cast<double>(*last_));
  }
  returns_[next_] = value;
  next_ = (next_ + 1) % slots;
  last_ = mid_half_points;
}

std::optional<Volatility::Value> Volatility::over(Ns span) const {
  const auto wanted = static_cast<std::size_t>(span / step_ns);
  std::array<std::optional<double>, slots> ordered;
  std::size_t n = 0;
  for (std::size_t i = 0; i < wanted; ++i) {
    ordered[i] = returns_[(next_ + slots - wanted + i) % slots];
    if (ordered[i]) ++n;
  }
  const std::size_t minimum = span == short_span ? wanted / 2 : 60;
  if (n < minimum) return std::nullopt;
  return Value{realised_volatility(std::span(ordered).first(wanted)), n,
               static_cast<double>(n) / static_cast<double>(wanted)};
}

}  // namespace depthwire::analyzer
