#include "common/ctrader/session.hpp"

#include "proto/ctrader/common_model.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <algorithm>

namespace depthwire::ctrader {
namespace {

std::string seconds_text(Duration duration) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(duration).count()) + " s";
}

}  // namespace

std::string_view to_string(SessionState state) {
  switch (state) {
    case SessionState::disconnected: return "disconnected";
    case SessionState::connecting: return "connecting";
    case SessionState::app_auth: return "app-auth";
    case SessionState::account_auth: return "account-auth";
    case SessionState::ready: return "ready";
    case SessionState::error: return "error";
  }
  return "unknown";
}

Session::Session(std::string name, Account account, std::function<double()> random,
                 std::function<std::int64_t()> unix_ms, SessionTimes times)
    : name_{std::move(name)},
      account_{std::move(account)},
      unix_ms_{std::move(unix_ms)},
      times_{times},
      backoff_{std::move(random)} {}

Actions Session::start(TimePoint /*now*/) {
  if (account_.access_token.empty()) {
    change(SessionState::disconnected, "no access token yet");
  } else {
    connect();
  }
  return take();
}

Actions Session::opened(TimePoint now) {
  if (state_ != SessionState::connecting) return {};
  connected_ = true;
  last_received_ = now;
  last_sent_ = now;
  account_tries_ = 0;
  change(SessionState::app_auth, "authenticating the application");
  ask(now, Step::application, application_auth(account_.client_id, account_.client_secret));
  return take();
}

Actions Session::failed(TimePoint now, const std::string& reason, bool needs_person) {
  if (state_ != SessionState::connecting && !connected_) return {};
  if (needs_person) {
    connected_ = false;
    change(SessionState::error, reason);
    actions_.emplace_back(GiveUp{reason});
  } else {
    lose(now, reason);
  }
  return take();
}

Actions Session::message(TimePoint now, const Envelope& envelope, bool& consumed) {
  consumed = true;
  if (answers_step(envelope)) {
    answer(now, envelope);
    return take();
  }
  switch (envelope.payload_type) {
    case HEARTBEAT_EVENT: break;
    case PROTO_OA_CLIENT_DISCONNECT_EVENT: {
      ProtoOAClientDisconnectEvent event;
      const bool read = parse_payload(envelope, event);
      backoff_.reset();
      lose(now, "the server ends the connection: " + (read ? event.reason() : "no reason"));
      break;
    }
    case PROTO_OA_ACCOUNT_DISCONNECT_EVENT: {
      ProtoOAAccountDisconnectEvent event;
      if (!parse_payload(envelope, event)) break;
      if (event.ctidtraderaccountid() == account_.account_id) {
        account_lost(now, "the server dropped the account's session");
      }
      break;
    }
    case PROTO_OA_ACCOUNTS_TOKEN_INVALIDATED_EVENT: {
      ProtoOAAccountsTokenInvalidatedEvent event;
      if (!parse_payload(envelope, event)) break;
      const auto& accounts = event.ctidtraderaccountids();
      if (std::find(accounts.begin(), accounts.end(), account_.account_id) != accounts.end()) {
        account_lost(now, "the access token was invalidated: " + event.reason());
      }
      break;
    }
    default: consumed = false;
  }
  return take();
}

Actions Session::authorization_lost(TimePoint now, const BrokerError& error) {
  if (state_ != SessionState::ready) return {};
  if (error.code == "CH_CLIENT_NOT_AUTHENTICATED") {
    lose(now, to_string(error));
  } else {
    account_lost(now, to_string(error));
  }
  return take();
}

Actions Session::credentials(TimePoint now, std::string access_token, std::int64_t account_id) {
  account_.access_token = std::move(access_token);
  const bool other = std::exchange(account_.account_id, account_id) != account_id;
  if (other && state_ == SessionState::ready) {
    account_lost(now, "another account was chosen");
  } else if (later_ != Step::none && state_ == SessionState::error) {
    later_ = Step::none;
    change(SessionState::account_auth, "another access token");
    ask_accounts(now);
  } else if (!connected_ && state_ != SessionState::connecting) {
    connect();
  }
  return take();
}

Actions Session::tick(TimePoint now) {
  if (!connected_) {
    if (now >= next_attempt_) connect();
    return take();
  }
  note_stable(now);
  if (now - last_received_ >= times_.dead_link) {
    lose(now, "no byte from the server for " + seconds_text(times_.dead_link));
  } else if (step_ != Step::none && now >= step_deadline_) {
    lose(now, "no answer for " + seconds_text(times_.answer) + " while authenticating");
  } else if (later_ != Step::none && now >= ask_at_) {
    ask_again(now);
  } else if (now - last_sent_ >= times_.heartbeat) {
    last_sent_ = now;
    actions_.emplace_back(SendHeartbeat{});
  }
  return take();
}

TimePoint Session::next_tick() const {
  if (!connected_) return next_attempt_;
  auto next = std::min(last_received_ + times_.dead_link, last_sent_ + times_.heartbeat);
  if (step_ != Step::none) next = std::min(next, step_deadline_);
  if (later_ != Step::none) next = std::min(next, ask_at_);
  return next;
}

void Session::change(SessionState state, std::string reason) {
  state_ = state;
  actions_.emplace_back(StateChanged{state, std::move(reason)});
}

void Session::connect() {
  next_attempt_ = TimePoint::max();
  change(SessionState::connecting, "connecting");
  actions_.emplace_back(OpenConnection{});
}

/// Delays begin anew once the account has been authenticated for a while.
void Session::note_stable(TimePoint now) {
  if (state_ != SessionState::ready || now - ready_since_ < times_.stable) return;
  backoff_.reset();
  account_tries_ = 0;
}

TimePoint Session::next_try(TimePoint now) {
  return std::max(now + backoff_.next(), left_alone_until_);
}

void Session::lose(TimePoint now, const std::string& reason) {
  note_stable(now);
  step_ = later_ = Step::none;
  connected_ = false;
  actions_.emplace_back(CloseConnection{});
  if (state_ == SessionState::error) {  // a new connection makes no better token
    next_attempt_ = ask_at_;
    return;
  }
  next_attempt_ = next_try(now);
  change(SessionState::disconnected, reason);
}

void Session::stop_trying(TimePoint now, const std::string& reason) {
  step_ = later_ = Step::none;
  connected_ = false;
  next_attempt_ = now + times_.error_retry;
  actions_.emplace_back(CloseConnection{});
  change(SessionState::error, reason);
}

/// Another token can be tried on the same connection.
void Session::await_token(TimePoint now, const std::string& reason) {
  step_ = Step::none;
  later_ = Step::accounts;
  ask_at_ = now + times_.error_retry;
  change(SessionState::error, reason);
}

}  // namespace depthwire::ctrader
