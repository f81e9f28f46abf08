#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace depthwire::analyzer {

/// Where a symbol's spot mid went in the last ten whole seconds, in half points.
class MidPath {
 public:
  struct Window {
    std::int64_t start = 0;  ///< the mid that held when the window began
    std::int64_t high = 0;
    std::int64_t low = 0;
    std::int64_t close = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(start, high, low, close);
    }
  };

  void step(std::int64_t mid) {
    if (!last_) {
      high_ = mid;
      low_ = mid;
    }
    high_ = std::max(high_, mid);
    low_ = std::min(low_, mid);
    last_ = mid;
  }

  /// The running second ends.
  void second() {
    if (!last_) return;
    seconds_[next_] = {high_, low_, *last_};
    next_ = (next_ + 1) % seconds_.size();
    count_ = std::min(count_ + 1, seconds_.size());
    high_ = *last_;
    low_ = *last_;
  }

  /// The last ten seconds; null until they and the one before are known.
  [[nodiscard]] std::optional<Window> window() const {
    if (count_ < seconds_.size()) return std::nullopt;
    const Second& before = seconds_[next_];  // the oldest of eleven
    Window window{before.close, before.close, before.close, before.close};
    for (std::size_t i = 1; i < seconds_.size(); ++i) {
      const Second& second = seconds_[(next_ + i) % seconds_.size()];
      window.high = std::max(window.high, second.high);
      window.low = std::min(window.low, second.low);
      window.close = second.close;
    }
    return window;
  }

  [[nodiscard]] std::optional<std::int64_t> last() const { return last_; }

  void clear() { *this = {}; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(seconds_, next_, count_, last_, high_, low_);
  }

 private:
  struct Second {
    std::int64_t high = 0;
    std::int64_t low = 0;
    std::int64_t close = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(high, low, close);
    }
  };

  std::array<Second, 11> seconds_{};
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  std::optional<std::int64_t> last_;
  std::int64_t high_ = 0;
  std::int64_t low_ = 0;
};

}  // namespace depthwire::analyzer
