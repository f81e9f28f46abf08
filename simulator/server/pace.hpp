#pragma once

#include "simulator/server/rate_limit.hpp"

#include <chrono>
#include <cstdint>
#include <variant>

namespace depthwire::simulator {

/// As fast as the clients read.
struct AtMax {};
/// The market's own pace, times `factor`.
struct AtSpeed {
  double factor = 1;
};
/// So many events a second, evenly, whatever times they carry.
struct AtRate {
  double events_per_second = 1000;
};
using Pace = std::variant<AtMax, AtSpeed, AtRate>;

/// When an event is due on the wall clock. Started again after each pause, so that the market goes
/// on from where it stood.
class PaceClock {
 public:
  explicit PaceClock(Pace pace) : pace_(pace) {}

  void start(TimePoint now, std::int64_t market_ns) {
    started_ = now;
    market_ns_ = market_ns;
    events_ = 0;
  }

  /// When the next event, of market time `market_ns`, is due.
  [[nodiscard]] TimePoint due(std::int64_t market_ns) const {
    if (const auto* speed = std::get_if<AtSpeed>(&pace_)) {
      return after(static_cast<double>(market_ns - market_ns_) / speed->factor);
    }
    if (const auto* rate = std::get_if<AtRate>(&pace_)) {
      return after(static_cast<double>(events_) * 1e9 / rate->events_per_second);
    }
    return started_;
  }

  /// To be told after each event.
  void count() { ++events_; }

  [[nodiscard]] bool at_max() const { return std::holds_alternative<AtMax>(pace_); }

 private:
  [[nodiscard]] TimePoint after(double ns) const {
    return started_ + std::chrono::nanoseconds(static_cast<std::int64_t>(ns));
  }

  Pace pace_;
  TimePoint started_;
  std::int64_t market_ns_ = 0;
  std::int64_t events_ = 0;
};

}  // namespace depthwire::simulator
