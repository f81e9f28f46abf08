// The life of one connection to the broker as a state machine: events in, actions out. It knows no
// socket and no clock; whoever drives it carries out the actions and says what came of them.
//
//   disconnected -> connecting -> app_auth -> account_auth -> ready
//
// Any loss of the connection leads to `disconnected` and, after a growing delay, to `connecting`; a
// loss of the account alone to `account_auth`, with growing delays too, on the same connection.
// What trying again cannot mend leads to `error`, where the next attempt is 15 minutes away, or as
// soon as there is another access token. A refused token leaves the connection open meanwhile.
#pragma once

#include "common/ctrader/backoff.hpp"
#include "common/ctrader/errors.hpp"
#include "common/ctrader/rate_limiter.hpp"
#include "common/ctrader/requests.hpp"

#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace depthwire::ctrader {

enum class SessionState : std::uint8_t {
  disconnected,
  connecting,
  app_auth,
  account_auth,
  ready,
  error
};

[[nodiscard]] std::string_view to_string(SessionState state);

/// Whom to authenticate. Holds secrets: never to be logged.
struct Account {
  std::string client_id;
  std::string client_secret;
  std::string access_token;  ///< empty: to be told by credentials()
  std::int64_t account_id = 0;
  bool live = false;  ///< the environment's: an account of the other kind is refused
};

struct SessionTimes {
  Duration heartbeat = std::chrono::seconds{10};  ///< of our own silence
  Duration dead_link = std::chrono::seconds{65};  ///< of the server's silence
  Duration answer = std::chrono::seconds{20};     ///< to wait for each answer of the log-in
  Duration stable = std::chrono::seconds{60};     ///< in `ready` until delays start anew
  Duration error_retry = std::chrono::minutes{15};
};

// What the driver must do.
struct OpenConnection {};
/// Close; the session does not need to hear of it.
struct CloseConnection {};
/// Send `request` with this id; the answer comes back through message().
struct SendRequest {
  Request request;
  std::string client_msg_id;
};
/// Send at once, past the rate limits.
struct SendHeartbeat {};
struct StateChanged {
  SessionState state;
  std::string reason;  ///< in words, the broker's code verbatim
};
/// The set-up is wrong in a way that needs a person: end the process.
struct GiveUp {
  std::string reason;
};
using Action =
    std::variant<OpenConnection, CloseConnection, SendRequest, SendHeartbeat, StateChanged, GiveUp>;
using Actions = std::vector<Action>;

class Session {
 public:
  /// `name` begins the ids of its requests; `random` gives numbers in [0, 1), `unix_ms` the time in
  /// UTC, which the end of a maintenance is told in.
  Session(std::string name, Account account, std::function<double()> random,
          std::function<std::int64_t()> unix_ms, SessionTimes times = {});

  [[nodiscard]] SessionState state() const { return state_; }

  [[nodiscard]] Actions start(TimePoint now);
  /// TCP and TLS are up.
  [[nodiscard]] Actions opened(TimePoint now);
  /// Could not connect, or the connection ended. `needs_person`: trying again is of no use.
  [[nodiscard]] Actions failed(TimePoint now, const std::string& reason, bool needs_person = false);
  /// Bytes came, of any kind.
  void received(TimePoint now) { last_received_ = now; }
  /// Anything was sent.
  void sent(TimePoint now) { last_sent_ = now; }
  /// A message for the session: answers to its requests, and the events of connection and account.
  /// Others are passed over; `consumed` says which.
  [[nodiscard]] Actions message(TimePoint now, const Envelope& envelope, bool& consumed);
  /// A request of someone else was refused with a code that asks to authenticate again.
  [[nodiscard]] Actions authorization_lost(TimePoint now, const BrokerError& error);
  /// The user's grant from now on, and its account. A token that is in use stays so until the
  /// server ends it.
  [[nodiscard]] Actions credentials(TimePoint now, std::string access_token,
                                    std::int64_t account_id);
  /// To be called at next_tick() or later.
  [[nodiscard]] Actions tick(TimePoint now);
  [[nodiscard]] TimePoint next_tick() const;
  /// Of the grant that is or will be used.
  [[nodiscard]] std::int64_t account_id() const { return account_.account_id; }
  /// The grant that is or will be used.
  [[nodiscard]] const std::string& access_token() const { return account_.access_token; }
  /// From opened() until it is lost or closed, in `error` too.
  [[nodiscard]] bool connected() const { return connected_; }

 private:
  enum class Step : std::uint8_t { none, application, accounts, account };

  [[nodiscard]] TimePoint next_try(TimePoint now);
  [[nodiscard]] bool answers_step(const Envelope& envelope) const;
  void change(SessionState state, std::string reason);
  void connect();
  void ask(TimePoint now, Step step, Request request);
  void ask_accounts(TimePoint now);
  void ask_account(TimePoint now);
  void ask_later(TimePoint now, const std::string& reason);
  void ask_again(TimePoint now);
  void note_stable(TimePoint now);
  void lose(TimePoint now, const std::string& reason);
  void stop_trying(TimePoint now, const std::string& reason);
  void await_token(TimePoint now, const std::string& reason);
  void answer(TimePoint now, const Envelope& envelope);
  void refused(TimePoint now, const BrokerError& error);
  void advance(TimePoint now);
  void choose_account(TimePoint now, const Envelope& envelope);
  void account_lost(TimePoint now, const std::string& reason);
  [[nodiscard]] Actions take() { return std::exchange(actions_, {}); }

  std::string name_;
  Account account_;
  std::function<std::int64_t()> unix_ms_;
  SessionTimes times_;
  Backoff backoff_;
  SessionState state_ = SessionState::disconnected;
  bool connected_ = false;
  Step step_ = Step::none;  // the request in flight
  std::string step_id_;
  std::string step_token_;  // that it carries
  std::uint64_t requests_ = 0;
  TimePoint step_deadline_;
  Step later_ = Step::none;  // what to ask for at ask_at_, on this connection
  TimePoint ask_at_;
  int account_tries_ = 0;  // on this connection, since the account was last stable
  TimePoint left_alone_until_ = TimePoint::min();  // what the server asked for, on any connection
  TimePoint next_attempt_ = TimePoint::max();
  TimePoint ready_since_;
  TimePoint last_received_;
  TimePoint last_sent_;
  Actions actions_;
};

}  // namespace depthwire::ctrader
