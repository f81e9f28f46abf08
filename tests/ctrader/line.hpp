#pragma once

#include "common/ctrader/rate_limiter.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <utility>

namespace depthwire::tests {

/// One direction of a connection, with a clock that the test moves: keeps order, takes its time,
/// may stand still or lose everything.
class Line {
 public:
  using TimePoint = ctrader::TimePoint;

  void send(TimePoint now, ctrader::Duration latency, std::string bytes) {
    if (dead_) return;
    const auto begin = waiting_.empty() ? TimePoint::min() : waiting_.back().first;
    waiting_.emplace_back(std::max({now + latency, begin, still_until_}), std::move(bytes));
  }
  /// When take() will next give something; max() when nothing is on the way.
  [[nodiscard]] TimePoint next() const {
    return waiting_.empty() ? TimePoint::max() : waiting_.front().first;
  }
  /// All that has come through by `now`.
  [[nodiscard]] std::string take(TimePoint now) {
    std::string bytes;
    for (; next() <= now; waiting_.pop_front()) bytes += waiting_.front().second;
    return bytes;
  }
  /// Nothing comes through until `end`, then all of it at once.
  void stand_still(TimePoint end) {
    still_until_ = end;
    for (auto& [time, bytes] : waiting_) time = std::max(time, end);
  }
  /// What is on the way is lost, and all that follows.
  void die() {
    dead_ = true;
    waiting_.clear();
  }

 private:
  std::deque<std::pair<TimePoint, std::string>> waiting_;
  TimePoint still_until_ = TimePoint::min();
  bool dead_ = false;
};

}  // namespace depthwire::tests
