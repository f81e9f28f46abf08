#pragma once

#include <algorithm>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <vector>

namespace depthwire::bench {

/// The clock that both ends of a way stamp with: the simulator writes it into its events.
[[nodiscard]] inline std::int64_t wall_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// How long every event of a stretch of time was under way, the first seconds left out.
class Samples {
 public:
  struct Span {
    std::chrono::nanoseconds warm_up{std::chrono::seconds(3)};
    std::chrono::nanoseconds measured{std::chrono::seconds(12)};
  };

  Samples() : Samples(Span{}) {}
  explicit Samples(Span span) : span_(span) {}

  /// An event sent at `sent_ns` has just arrived; false once there are enough.
  bool add(std::int64_t sent_ns) {
    const auto now = wall_ns();
    if (begin_ns_ == 0) begin_ns_ = now + span_.warm_up.count();
    if (sent_ns >= begin_ns_ + span_.measured.count()) return false;
    if (sent_ns >= begin_ns_) ns_.push_back(now - sent_ns);
    return true;
  }

  [[nodiscard]] std::size_t count() const { return ns_.size(); }
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(span_.measured).count();
  }

  /// The share `q` of all events was at most so long under way.
  [[nodiscard]] double quantile_us(double q) const {
    assert(!ns_.empty());
    auto sorted = ns_;
    const auto at = static_cast<std::ptrdiff_t>(q * static_cast<double>(sorted.size() - 1));
    std::nth_element(sorted.begin(), sorted.begin() + at, sorted.end());
    return static_cast<double>(sorted[static_cast<std::size_t>(at)]) / 1e3;
  }

 private:
  Span span_;
  std::int64_t begin_ns_ = 0;
  std::vector<std::int64_t> ns_;
};

}  // namespace depthwire::bench
