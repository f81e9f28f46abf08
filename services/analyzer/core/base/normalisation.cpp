#include "services/analyzer/core/base/normalisation.hpp"

#include <algorithm>
#include <cmath>

namespace depthwire::analyzer {
namespace {

constexpr Ns slot_ns = 120 * ns_per_second;  // between two values of a seasonal bin

template <class T>
Scale scale_of(std::span<const T> sorted) {
  const double median = median_of(sorted);
  return {median, mad_to_deviation * median_distance(sorted, median)};
}

Scale moment_scale(std::span<const double> values, bool sample) {
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) mean += value;
  mean /= n;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double divisor = sample ? n - 1.0 : n;
  return {mean, divisor > 0 ? std::sqrt(squares / divisor) : 0};
}

}  // namespace

std::optional<double> z_score(const Scale& scale, double x) {
  if (!(scale.width > 0)) return std::nullopt;
  return std::clamp((x - scale.centre) / scale.width, -z_limit, z_limit);
}

std::optional<double> z_score(std::span<const double> baseline, double x, ZKind kind) {
  if (baseline.empty()) return std::nullopt;
  if (kind != ZKind::robust) return z_score(moment_scale(baseline, kind == ZKind::sample), x);
  std::vector<double> sorted(baseline.begin(), baseline.end());
  std::sort(sorted.begin(), sorted.end());
  return z_score(scale_of<double>(sorted), x);
}

Scale robust_scale(std::span<const float> sorted) { return scale_of(sorted); }

Baseline::Baseline(const BaselineParams& params)
    : params_(params),
      rolling_(static_cast<std::size_t>(params.window / ns_per_second), params.window) {}

void Baseline::sample(Ns t, double value) {
  rolling_.add(t, static_cast<float>(value));
  rolling_scale_ = robust_scale(rolling_.sorted());

  const std::int64_t hour = t / ns_per_hour;
  if (hour != hour_) enter_hour(hour, t);
  const std::int64_t slot = t / slot_ns;
  if (slot != slot_) {
    slot_ = slot;
    Bin& bin = bins_[bin_];
    bin.values.push_back(static_cast<float>(value));
    ++bin.per_day.back();
  }
}

void Baseline::clear_rolling() {
  rolling_.clear();
  rolling_scale_.reset();
}

std::optional<double> Baseline::z(double x) const {
  if (seasonal_scale_) return z_score(*seasonal_scale_, x);
  if (rolling_.size() < params_.minimum || !rolling_scale_) return std::nullopt;
  return z_score(*rolling_scale_, x);
}

std::optional<double> Baseline::percentile(double x) const {
  if (!seasonal_scale_ && rolling_.size() < params_.minimum) return std::nullopt;
  const auto sorted = seasonal_scale_ ? std::span<const float>(seasonal_) : rolling_.sorted();
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), static_cast<float>(x));
  const auto below = static_cast<double>(first - sorted.begin());
  const auto equal = static_cast<double>(last - first);
  return (below + 0.5 * equal) / static_cast<double>(sorted.size());
}

std::size_t Baseline::n() const { return seasonal_scale_ ? seasonal_.size() : rolling_.size(); }

std::optional<double> Baseline::median() const {
  if (!rolling_scale_) return std::nullopt;
  return rolling_scale_->centre;
}

// The scale of a bin rests on its earlier days alone, so it is fixed when its hour begins.
void Baseline::enter_hour(std::int64_t hour, Ns t) {
  hour_ = hour;
  bin_ = static_cast<std::size_t>(market::new_york_hour_of_week(t));
  Bin& bin = bins_[bin_];
  seasonal_scale_.reset();
  seasonal_.clear();
  if (bin.per_day.size() >= params_.seasonal_days && bin.values.size() >= params_.minimum) {
    seasonal_ = bin.values;
    std::sort(seasonal_.begin(), seasonal_.end());
    seasonal_scale_ = robust_scale(seasonal_);
  }
  if (bin.per_day.size() == params_.seasonal_keep) {
    bin.values.erase(bin.values.begin(), bin.values.begin() + bin.per_day.front());
    bin.per_day.erase(bin.per_day.begin());
  }
  bin.per_day.push_back(0);
}

}  // namespace depthwire::analyzer
