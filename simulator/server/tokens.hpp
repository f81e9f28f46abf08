#pragma once

#include "simulator/server/rate_limit.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
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
    bool may_trade = false;  ///< the scope "trading", not only "accounts"
  };

  explicit Tokens(Pair first) : first_(first), living_{std::move(first)} {}

  [[nodiscard]] bool is_good(std::string_view access, TimePoint now) const {
    return now >= good_from_ && std::ranges::find(living_, access, &Pair::access) != living_.end();
  }
  /// True for a good access token that was granted with the scope "trading".
  [[nodiscard]] bool may_trade(std::string_view access, TimePoint now) const {
    const auto found = std::ranges::find(living_, access, &Pair::access);
    return is_good(access, now) && found->may_trade;
  }
  /// Another grant. The n-th pair are the first ones with `-n` behind.
  Pair grant(bool may_trade) { return living_.emplace_back(next(may_trade)); }
  /// A new pair for the refresh token; its old pair is dead. Nothing if it is none or used up,
  /// which leaves all as it is.
  std::optional<Pair> refresh(std::string_view refresh);
  /// True for a good access token that opens this account: each opens all but those that
  /// invalidate() has named.
  [[nodiscard]] bool opens(std::string_view access, std::int64_t account_id, TimePoint now) const {
    const auto closed = closed_until_.find(account_id);
    return is_good(access, now) && (closed == closed_until_.end() || now >= closed->second);
  }
  /// No access token is good for `time`, or none opens the account; 0: for good.
  void invalidate(std::chrono::milliseconds time, TimePoint now,
                  std::optional<std::int64_t> account_id = std::nullopt) {
    auto& until = account_id ? closed_until_[*account_id] : good_from_;
    until = time.count() > 0 ? now + time : TimePoint::max();
  }
  /// They are good again.
  void restore() {
    good_from_ = TimePoint::min();
    closed_until_.clear();
  }

 private:
  Pair next(bool may_trade) {
    const auto suffix = "-" + std::to_string(++pairs_);
    return {first_.access + suffix, first_.refresh + suffix, may_trade};
  }

  Pair first_;
  std::vector<Pair> living_;
  unsigned pairs_ = 1;
  TimePoint good_from_ = TimePoint::min();
  std::map<std::int64_t, TimePoint> closed_until_;  // by account
};

inline std::optional<Tokens::Pair> Tokens::refresh(std::string_view refresh) {
  const auto found = std::ranges::find(living_, refresh, &Pair::refresh);
  if (found == living_.end()) return std::nullopt;
  *found = next(found->may_trade);
  restore();
  return *found;
}

}  // namespace depthwire::simulator
