#pragma once

#include "simulator/server/rate_limit.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::simulator {

/// The grants that the simulator knows, over all connections: access tokens, each with a refresh
/// token that is good for one refresh. Grants are independent: refreshing one leaves the others.
/// Source: PROTOCOL.md 4.1.
class Tokens {
 public:
  struct Pair {
    std::string access;
    std::string refresh;
  };

  explicit Tokens(Pair first) : first_(first), living_{std::move(first)} {}

  [[nodiscard]] bool is_good(std::string_view access, TimePoint now) const {
    return now >= good_from_ && std::ranges::find(living_, access, &Pair::access) != living_.end();
  }
  /// Another grant. The n-th pair are the first ones with `-n` behind.
  Pair grant() { return living_.emplace_back(next()); }
  /// A new pair for the refresh token; its old pair is dead. Nothing if it is none or used up,
  /// which leaves all as it is.
  std::optional<Pair> refresh(std::string_view refresh);
  /// No access token is good for `time`; 0: for good.
  void invalidate(std::chrono::milliseconds time, TimePoint now) {
    good_from_ = time.count() > 0 ? now + time : TimePoint::max();
  }
  /// They are good again.
  void restore() { good_from_ = TimePoint::min(); }

 private:
  Pair next() {
    const auto suffix = "-" + std::to_string(++pairs_);
    return {first_.access + suffix, first_.refresh + suffix};
  }

  Pair first_;
  std::vector<Pair> living_;
  unsigned pairs_ = 1;
  TimePoint good_from_ = TimePoint::min();
};

inline std::optional<Tokens::Pair> Tokens::refresh(std::string_view refresh) {
  const auto found = std::ranges::find(living_, refresh, &Pair::refresh);
  if (found == living_.end()) return std::nullopt;
  *found = next();
  restore();
  return *found;
}

}  // namespace depthwire::simulator
