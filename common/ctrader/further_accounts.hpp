// The accounts that share a session's connection beside its own, as a state machine: events in,
// actions out. It knows no socket and no clock.
//
//   disconnected -> account_auth -> ready
//
// They are authenticated one after another while the session is in `ready`, and heal each by
// itself. What may be mended is tried again after growing delays; what trying again cannot mend
// leads to `error`, where the next attempt is 15 minutes away, or as soon as there is another
// access token or connection. The session never hears of any of it: among these actions there is
// none that could end its connection or change its state.
#pragma once

#include "common/ctrader/backoff.hpp"
#include "common/ctrader/errors.hpp"
#include "common/ctrader/session.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace depthwire::ctrader {

struct AccountChanged {
  std::int64_t account_id;
  SessionState state;  ///< disconnected, account_auth, ready or error
  std::string reason;  ///< in words, the broker's code verbatim
};
using AccountAction = std::variant<SendRequest, AccountChanged>;
using AccountActions = std::vector<AccountAction>;

class FurtherAccounts {
 public:
  /// `name` begins the ids of its requests; `live` is the kind of the environment. `random` and
  /// `unix_ms` as a Session has them, of whose `times` these are the same.
  FurtherAccounts(const std::string& name, const std::vector<std::int64_t>& account_ids, bool live,
                  std::function<double()> random, std::function<std::int64_t()> unix_ms,
                  SessionTimes times = {});

  /// The session is in `ready`, with this token, for `main_account`.
  [[nodiscard]] AccountActions session_ready(TimePoint now, std::string access_token,
                                             std::int64_t main_account);
  /// The session has left `ready`: nothing is asked until it is there again. What was asked counts
  /// as not asked; accounts that are in stay in, as long as the connection does.
  void session_left();
  /// The connection has ended, and with it all that was authenticated on it.
  [[nodiscard]] AccountActions disconnected(TimePoint now);
  /// Any message, also one of the session's; `consumed` tells that it answers a request of ours.
  [[nodiscard]] AccountActions message(TimePoint now, const Envelope& envelope, bool& consumed);
  /// The user's grant from now on. Who is in stays in until the server ends it.
  [[nodiscard]] AccountActions credentials(TimePoint now, std::string access_token);
  /// To be called at next_tick() or later.
  [[nodiscard]] AccountActions tick(TimePoint now);
  /// max(): not before something happens.
  [[nodiscard]] TimePoint next_tick() const;

 private:
  struct Account {
    std::int64_t id;
    Backoff backoff;
    SessionState state = SessionState::disconnected;
    TimePoint ask_at = TimePoint::max();  // max(): it is in, or not to be asked for
    TimePoint ready_since;
    int losses = 0;  // since it was last stable
  };

  [[nodiscard]] Account* find(std::int64_t id);
  [[nodiscard]] std::string why_never(std::int64_t id) const;
  void change(Account& account, SessionState state, std::string reason);
  void note_kinds(const Envelope& envelope);
  void ask_next(TimePoint now);
  void ask_later(TimePoint now, Account& account, const std::string& reason);
  void stop_trying(TimePoint now, Account& account, const std::string& reason);
  void answered(TimePoint now, Account& account, const Envelope& envelope);
  void refused(TimePoint now, Account& account, const BrokerError& error);
  void note_stable(TimePoint now, Account& account) const;
  void lost(TimePoint now, std::int64_t id, const std::string& reason);
  [[nodiscard]] AccountActions take() { return std::exchange(actions_, {}); }

  std::string request_prefix_;
  std::vector<Account> accounts_;
  bool live_;
  std::function<std::int64_t()> unix_ms_;
  SessionTimes times_;
  std::string access_token_;
  std::int64_t main_account_ = 0;
  std::vector<std::int64_t> wrong_kind_;  // by the newest list of accounts
  bool session_ready_ = false;
  std::uint64_t requests_ = 0;
  std::int64_t asked_ = 0;  // for whom a request is in flight; 0: none is
  std::string asked_id_;
  std::string asked_token_;  // that it carries
  TimePoint asked_deadline_;
  TimePoint left_alone_until_ = TimePoint::min();  // what the server asked for
  AccountActions actions_;
};

}  // namespace depthwire::ctrader
