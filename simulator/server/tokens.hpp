#pragma once

#include "simulator/server/rate_limit.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace depthwire::simulator {

/// The one grant that the simulator knows, over all connections.
class Tokens {
 public:
  explicit Tokens(std::string access) : access_(std::move(access)) {}

  [[nodiscard]] bool is_good(std::string_view access, TimePoint now) const {
    return access == access_ && now >= good_from_;
  }
  /// The access token is not good for `time`; 0: for good.
  void invalidate(std::chrono::milliseconds time, TimePoint now) {
    good_from_ = time.count() > 0 ? now + time : TimePoint::max();
  }
  /// The access token is good again.
  void restore() { good_from_ = TimePoint::min(); }

 private:
  std::string access_;
  TimePoint good_from_ = TimePoint::min();
};

}  // namespace depthwire::simulator
