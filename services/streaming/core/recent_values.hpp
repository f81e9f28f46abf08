#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace depthwire::streaming {

/// The newest 61 values, for their median. Nothing is allocated; adding is cheap, the median is not
/// (about half a microsecond).
class RecentValues {
 public:
  void add(std::int64_t value) {
    values_[next_] = value;
    next_ = (next_ + 1) % values_.size();
    count_ = std::min(count_ + 1, values_.size());
  }

  [[nodiscard]] bool full() const { return count_ == values_.size(); }
  /// 0 before the first value.
  [[nodiscard]] std::int64_t median() const {
    if (count_ == 0) return 0;
    auto sorted = values_;
    auto* const middle = sorted.data() + count_ / 2;
    std::nth_element(sorted.data(), middle, sorted.data() + count_);
    return *middle;
  }

 private:
  std::array<std::int64_t, 61> values_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

}  // namespace depthwire::streaming
