#pragma once

#include "simulator/market/board.hpp"
#include "simulator/trading/account.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

namespace depthwire::simulator {

/// Margin levels, in per cent, at which the account is warned: its three thresholds in order.
using MarginCalls = std::array<double, 3>;

/// An account at this broker: what all connections share that are authorised for it.
struct BrokerAccount {
  /// `board` outlives the account.
  BrokerAccount(std::int64_t account_id, const Board& board)
      : id(account_id), trading(account_id, board) {}

  std::int64_t id;
  trading::Account trading;
  MarginCalls margin_calls{100, 75, 50};
};

/// In the order in which they are listed; their addresses stay.
using Accounts = std::deque<BrokerAccount>;

inline Accounts make_accounts(const std::vector<std::int64_t>& ids, const Board& board) {
  Accounts accounts;
  for (const auto id : ids) accounts.emplace_back(id, board);
  return accounts;
}

}  // namespace depthwire::simulator
