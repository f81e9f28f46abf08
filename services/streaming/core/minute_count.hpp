#pragma once

#include <cstdint>
#include <optional>
#include <utility>

namespace depthwire::streaming {

/// Counts what may come often and is told at most once a minute.
class MinuteCount {
 public:
  void add() { ++untold_; }
  /// What came since it was told last, when that is due; else 0.
  std::uint64_t take(std::int64_t time_ns) {
    constexpr std::int64_t minute = 60'000'000'000;
    if (untold_ == 0 || (told_ && time_ns - *told_ < minute)) return 0;
    told_ = time_ns;
    return std::exchange(untold_, 0);
  }

 private:
  std::uint64_t untold_ = 0;
  std::optional<std::int64_t> told_;
};

}  // namespace depthwire::streaming
