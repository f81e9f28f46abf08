#pragma once

#include "common/tokens/endpoint.hpp"
#include "common/tokens/feed_line.hpp"
#include "common/tokens/refresh_rule.hpp"
#include "common/tokens/store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace depthwire::tokens {

/// What the keeper tells of itself.
struct KeeperStatus {
  FeedLine line;
  std::optional<std::int64_t> expires_ms;  ///< of the access token
  bool login_required = false;
  std::uint64_t refreshed = 0;
  std::uint64_t refused = 0;
  std::uint64_t unanswered = 0;
};

/// The one holder of a refresh token: notices what `depthwire auth` stores, refreshes when it is
/// due, and stores the new grant before anybody hears of it. Used on one thread.
class Keeper {
 public:
  /// Runs `work`, which blocks, elsewhere and then `done` with its result on the keeper's thread.
  using Work = std::function<Reply(const std::stop_token&)>;
  using Elsewhere = std::function<void(Work work, std::function<void(Reply)> done)>;
  struct Ports {
    std::function<std::int64_t()> unix_ms;
    Elsewhere elsewhere;
    std::function<void(const KeeperStatus&)> changed;
  };

  Keeper(Store store, Endpoint endpoint, Ports ports);

  /// Takes `refresh_token` as the first grant of `account_id`, unless there is one.
  void import(const std::string& refresh_token, std::int64_t account_id);
  /// To be called about every second.
  void tick();

 private:
  void look();
  void refresh();
  void answered(const Reply& reply, const std::string& refresh_token);
  void tell();

  Store store_;
  Endpoint endpoint_;
  Ports ports_;
  RefreshRule rule_;
  std::optional<Grant> grant_;
  Standing standing_;
  std::int64_t seen_ = -1;  // version of the store
  bool refreshing_ = false;
  KeeperStatus status_;
};

}  // namespace depthwire::tokens
