#include "services/analyzer/core/measured/regime.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace depthwire::analyzer {

std::optional<double> efficiency_ratio(std::span<const double> closes) {
  if (closes.size() < 2) return std::nullopt;
  double path = 0;
  for (std::size_t i = 1; i < closes.size(); ++i) path += std::abs(closes[i] - closes[i - 1]);
  return path > 0 ? std::abs(closes.back() - closes.front()) / path : 0.0;
}

std::optional<double> variance_ratio(std::span<const double> returns, std::size_t q) {
  if (q < 1 || returns.size() < q + 1) return std::nullopt;
  double one = 0;
  for (const double r : returns) one += r * r;
  one /= static_cast<double>(returns.size());
  if (!(one > 0)) return std::nullopt;
  double many = 0;
  const std::size_t sums = returns.size() - q + 1;
  for (std::size_t i = 0; i < sums; ++i) {
    double sum = 0;
    for (const double r : returns.subspan(i, q)) sum += r;
    many += sum * sum;
  }
  many /= static_cast<double>(sums);
  return many / (static_cast<double>(q) * one);
}

std::optional<double> hurst(std::span<const double> returns, std::size_t q) {
  const auto ratio = variance_ratio(returns, q);
  if (!ratio || !(*ratio > 0)) return std::nullopt;
  return 0.5 + std::log(*ratio) / (2 * std::log(static_cast<double>(q)));
}

void Adx::step(double high, double low, double close) {
  const auto before = std::exchange(last_, HighLowClose{high, low, close});
  if (!before) return;
  const double range =
      std::max({high - low, std::abs(high - before->close), std::abs(low - before->close)});
  const double up = high - before->high;
  const double down = before->low - low;
  const double plus = up > down && up > 0 ? up : 0;
  const double minus = down > up && down > 0 ? down : 0;
  ++moves_;
  const double kept = moves_ <= period ? 1.0 : 1.0 - 1.0 / static_cast<double>(period);
  range_ = kept * range_ + range;
  plus_ = kept * plus_ + plus;
  minus_ = kept * minus_ + minus;
  if (moves_ < period || !(range_ > 0)) return;
  DirectionalMovement value{100 * plus_ / range_, 100 * minus_ / range_, std::nullopt};
  const double sum = value.plus_di + value.minus_di;
  const double index = sum > 0 ? 100 * std::abs(value.plus_di - value.minus_di) / sum : 0;
  ++indices_;
  constexpr auto n = static_cast<double>(period);
  if (indices_ < period) {
    adx_ += index;
  } else {
    adx_ = indices_ == period ? (adx_ + index) / n : (adx_ * (n - 1) + index) / n;
    value.adx = adx_;
  }
  value_ = value;
}

std::string_view to_string(Trend trend) {
  switch (trend) {
    case Trend::unknown: return "unknown";
    case Trend::range: return "range";
    case Trend::up: return "trend_up";
    case Trend::down: return "trend_down";
  }
  return "unknown";
}

std::string_view to_string(VolatilityLevel level) {
  switch (level) {
    case VolatilityLevel::unknown: return "unknown";
    case VolatilityLevel::quiet: return "quiet";
    case VolatilityLevel::normal: return "normal";
    case VolatilityLevel::high: return "volatile";
  }
  return "unknown";
}

std::string_view to_string(Regime regime) {
  switch (regime) {
    case Regime::unknown: return "unknown";
    case Regime::transition: return "transition";
    case Regime::volatile_market: return "volatile";
    case Regime::trend_up: return "trend_up";
    case Regime::trend_down: return "trend_down";
    case Regime::quiet: return "quiet";
    case Regime::range: return "range";
  }
  return "unknown";
}

void RegimeMachine::step(const RegimeInput& input) {
  step_trend(input);
  step_volatility(input);
  const Regime found = by_precedence();
  if (found != candidate_) {
    candidate_ = found;
    bars_ = 0;
  }
  ++bars_;
  if (candidate_ == held_ || bars_ >= params_.hold || candidate_ == Regime::unknown) {
    held_ = candidate_;
    label_ = held_;
  } else {
    label_ = held_ == Regime::unknown ? Regime::unknown : Regime::transition;
  }
}

void RegimeMachine::step_trend(const RegimeInput& input) {
  if (!input.er || !input.adx) {
    trend_ = Trend::unknown;
    return;
  }
  const bool in_trend = trend_ == Trend::up || trend_ == Trend::down;
  const bool enters = *input.er >= params_.trend_er && *input.adx >= params_.trend_adx;
  const bool leaves = *input.er < params_.range_er || *input.adx < params_.range_adx;
  const Trend direction = input.direction > 0 ? Trend::up : Trend::down;
  const bool turned = in_trend && direction != trend_;
  if (enters && input.direction != 0) {
    trend_ = direction;
  } else if (!in_trend || leaves || turned) {
    trend_ = Trend::range;
  }
}

void RegimeMachine::step_volatility(const RegimeInput& input) {
  if (!input.volatility_percentile) {
    volatility_ = VolatilityLevel::unknown;
    return;
  }
  const double p = *input.volatility_percentile;
  const bool stays_high = volatility_ == VolatilityLevel::high && p >= params_.high_left;
  const bool stays_quiet = volatility_ == VolatilityLevel::quiet && p <= params_.quiet_left;
  volatility_ = p >= params_.high || stays_high     ? VolatilityLevel::high
                : p <= params_.quiet || stays_quiet ? VolatilityLevel::quiet
                                                    : VolatilityLevel::normal;
}

Regime RegimeMachine::by_precedence() const {
  if (trend_ == Trend::unknown || volatility_ == VolatilityLevel::unknown) return Regime::unknown;
  if (volatility_ == VolatilityLevel::high) return Regime::volatile_market;
  if (trend_ == Trend::up) return Regime::trend_up;
  if (trend_ == Trend::down) return Regime::trend_down;
  return volatility_ == VolatilityLevel::quiet ? Regime::quiet : Regime::range;
}

}  // namespace depthwire::analyzer
