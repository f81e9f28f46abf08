#pragma once

#include "services/analyzer/core/base/time.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace depthwire::analyzer {

/// The q-quantile by nearest rank, the ceil(q n)-th smallest. `sorted` is ascending, not empty.
template <class T>
[[nodiscard]] T nearest_rank(std::span<const T> sorted, double q) {
  assert(!sorted.empty());
  const auto n = static_cast<double>(sorted.size());
  // 0.95 x 20 is 19, whichever way its last bit was rounded.
  const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(q * n - 1e-9)));
  return sorted[std::min(rank, sorted.size()) - 1];
}

/// The median; the mean of the two middle values when their number is even. Ascending, not empty.
template <class T>
[[nodiscard]] double median_of(std::span<const T> sorted) {
  assert(!sorted.empty());
  const std::size_t half = sorted.size() / 2;
  if (sorted.size() % 2 == 1) return static_cast<double>(sorted[half]);
  return 0.5 * (static_cast<double>(sorted[half - 1]) + static_cast<double>(sorted[half]));
}

/// The median of the distances from `median`. `sorted` is ascending and not empty.
template <class T>
[[nodiscard]] double median_distance(std::span<const T> sorted, double median) {
  assert(!sorted.empty());
  // The distances grow outwards from the median on both sides: merge them up to the middle one.
  const auto middle = std::lower_bound(sorted.begin(), sorted.end(), median,
                                       [](T a, double b) { return static_cast<double>(a) < b; });
  auto right = static_cast<std::size_t>(middle - sorted.begin());
  std::size_t left = right;  // one past the next on the left
  double last = 0;
  double before_last = 0;
  for (std::size_t taken = 0; taken <= sorted.size() / 2; ++taken) {
    before_last = last;
    const bool has_left = left > 0;
    const bool has_right = right < sorted.size();
    const double to_left = has_left ? median - static_cast<double>(sorted[left - 1]) : 0;
    const double to_right = has_right ? static_cast<double>(sorted[right]) - median : 0;
    if (has_left && (!has_right || to_left <= to_right)) {
      last = to_left;
      --left;
    } else {
      last = to_right;
      ++right;
    }
  }
  return sorted.size() % 2 == 1 ? last : 0.5 * (before_last + last);
}

/// The values of the last `span` of time, at most `capacity` of them (the oldest go first), by age
/// and by size at once. Ages are told in whole seconds, which at spans of an hour saves half the
/// memory. Grows to what it needs, then allocates no more.
template <class T>
class SortedWindow {
 public:
  SortedWindow(std::size_t capacity, Ns span)
      : capacity_(capacity), span_(static_cast<std::uint32_t>(span / ns_per_second)) {}

  void add(Ns t, T value) {
    evict(t);
    if (count_ == capacity_) drop_oldest();
    if (count_ == times_.size()) grow();
    const std::size_t at = (head_ + count_) % times_.size();
    times_[at] = second_of(t);
    values_[at] = value;
    ++count_;
    sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), value), value);
  }

  /// Forgets what is `span` old or older.
  void evict(Ns t) {
    while (count_ > 0 && times_[head_] + span_ <= second_of(t)) drop_oldest();
  }

  void clear() {
    head_ = 0;
    count_ = 0;
    sorted_.clear();
  }

  [[nodiscard]] std::size_t size() const { return count_; }
  /// Ascending. Valid until the next change.
  [[nodiscard]] std::span<const T> sorted() const { return sorted_; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(times_, values_, head_, count_, sorted_);
  }

 private:
  // Seconds since 1970 fit until 2106.
  static std::uint32_t second_of(Ns t) { return static_cast<std::uint32_t>(t / ns_per_second); }

  void drop_oldest() {
    sorted_.erase(std::lower_bound(sorted_.begin(), sorted_.end(), values_[head_]));
    head_ = (head_ + 1) % times_.size();
    --count_;
  }

  void grow() {
    const auto head = static_cast<std::ptrdiff_t>(head_);
    std::rotate(times_.begin(), times_.begin() + head, times_.end());
    std::rotate(values_.begin(), values_.begin() + head, values_.end());
    head_ = 0;
    const std::size_t size = std::min(capacity_, std::max<std::size_t>(64, 2 * times_.size()));
    times_.resize(size);
    values_.resize(size);
    sorted_.reserve(size);
  }

  std::size_t capacity_;
  std::uint32_t span_;                // seconds
  std::vector<std::uint32_t> times_;  // a ring, as values_
  std::vector<T> values_;
  std::size_t head_ = 0;
  std::size_t count_ = 0;
  std::vector<T> sorted_;
};

}  // namespace depthwire::analyzer
