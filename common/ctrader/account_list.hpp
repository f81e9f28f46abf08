#pragma once

#include "common/ctrader/connection.hpp"
#include "common/ctrader/session.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace depthwire::ctrader {

/// An account that a grant opens.
struct GrantedAccount {
  std::int64_t id = 0;     ///< ctidTraderAccountId
  std::int64_t login = 0;  ///< the number that its user sees
  bool live = false;
  std::string broker;
};

/// Asks the broker, over a connection of its own, which accounts `account.access_token` opens.
/// Blocks up to `patience`. The error says why in words, the broker's code verbatim.
[[nodiscard]] tl::expected<std::vector<GrantedAccount>, std::string> list_accounts(
    const ConnectionOptions& connection, const Account& account,
    std::chrono::milliseconds patience = std::chrono::seconds(30));

}  // namespace depthwire::ctrader
