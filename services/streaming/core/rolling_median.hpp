#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace depthwire::streaming {

/// The median of the newest 61 values, brought up to date at every tenth: it moves slowly, and
/// sorting costs. Nothing is allocated.
class RollingMedian {
 public:
  void add(std::int64_t value) {
    values_[next_] = value;
    next_ = (next_ + 1) % values_.size();
    count_ = std::min(count_ + 1, values_.size());
    if (next_ % 10 == 1) update();
  }

  /// 0 before the first value.
  [[nodiscard]] std::int64_t value() const { return median_; }
  [[nodiscard]] bool full() const { return count_ == values_.size(); }

 private:
  void update() {
    auto sorted = values_;
    auto* const middle = sorted.data() + count_ / 2;
    std::nth_element(sorted.data(), middle, sorted.data() + count_);
    median_ = *middle;
  }

  std::array<std::int64_t, 61> values_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::int64_t median_ = 0;
};

}  // namespace depthwire::streaming
