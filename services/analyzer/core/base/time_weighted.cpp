#include "services/analyzer/core/base/time_weighted.hpp"

#include <algorithm>

namespace depthwire::analyzer {

void TimeWeighted::set(Ns t, std::optional<double> value) {
  advance(t);
  value_ = value;
}

void TimeWeighted::advance(Ns t) {
  if (t <= since_) return;
  const Ns window = static_cast<Ns>(buckets_.size()) * ns_per_second;
  Ns from = std::max(since_, t - window);
  while (from < t) {
    const std::int64_t second = from / ns_per_second;
    const Ns to = std::min(t, (second + 1) * ns_per_second);
    Bucket& bucket = enter(second);
    if (value_) {
      bucket.weighted += *value_ * static_cast<double>(to - from);
      bucket.covered += to - from;
    }
    from = to;
  }
  since_ = t;
}

void TimeWeighted::clear() {
  std::fill(buckets_.begin(), buckets_.end(), Bucket{});
  value_.reset();
}

std::optional<double> TimeWeighted::mean() const {
  double weighted = 0;
  Ns covered = 0;
  for (const Bucket& bucket : buckets_) {
    weighted += bucket.weighted;
    covered += bucket.covered;
  }
  if (covered == 0) return std::nullopt;
  return weighted / static_cast<double>(covered);
}

double TimeWeighted::coverage() const {
  Ns covered = 0;
  for (const Bucket& bucket : buckets_) covered += bucket.covered;
  return static_cast<double>(covered) /
         static_cast<double>(static_cast<Ns>(buckets_.size()) * ns_per_second);
}

TimeWeighted::Bucket& TimeWeighted::enter(std::int64_t second) {
  const auto size = static_cast<std::int64_t>(buckets_.size());
  if (second - current_ >= size) {
    std::fill(buckets_.begin(), buckets_.end(), Bucket{});
    current_ = second;
  }
  while (current_ < second) {
    ++current_;
    buckets_[static_cast<std::size_t>(current_ % size)] = {};
  }
  return buckets_[static_cast<std::size_t>(second % size)];
}

}  // namespace depthwire::analyzer
