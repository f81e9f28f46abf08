#pragma once

#include "simulator/server/rate_limit.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::simulator {

/// The one grant that the simulator knows, over all connections: an access token, and a refresh
/// token that is good for one refresh. Source: PROTOCOL.md 4.1.
class Tokens {
 public:
  struct Pair {
    std::string access;
    std::string refresh;
  };

  explicit Tokens(Pair first) : first_(first), current_(std::move(first)) {}

  [[nodiscard]] bool is_good(std::string_view access, TimePoint now) const {
    return access == current_.access && now >= good_from_;
  }
  /// A new pair for the refresh token; the old pair is dead. Nothing if it is none or used up,
  /// which leaves the pair as it is. The n-th pair are the first ones with `-n` behind.
  std::optional<Pair> refresh(std::string_view refresh);
  /// The access token is not good for `time`; 0: for good.
  void invalidate(std::chrono::milliseconds time, TimePoint now) {
    good_from_ = time.count() > 0 ? now + time : TimePoint::max();
  }
  /// The access token is good again.
  void restore() { good_from_ = TimePoint::min(); }

 private:
  Pair first_;
  Pair current_;
  unsigned pairs_ = 1;
  TimePoint good_from_ = TimePoint::min();
};

inline std::optional<Tokens::Pair> Tokens::refresh(std::string_view refresh) {
  if (refresh != current_.refresh) return std::nullopt;
  const auto suffix = "-" + std::to_string(++pairs_);
  current_ = {first_.access + suffix, first_.refresh + suffix};
  restore();
  return current_;
}

}  // namespace depthwire::simulator
