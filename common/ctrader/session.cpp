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
                 SessionTimes times)
    : name_{std::move(name)},
      account_{std::move(account)},
      times_{times},
      backoff_{std::move(random)} {}

bool Session::connected() const {
  return state_ == SessionState::app_auth || state_ == SessionState::account_auth ||
         state_ == SessionState::ready;
}

Actions Session::start(TimePoint /*now*/) {
  connect();
  return take();
}

Actions Session::opened(TimePoint now) {
  if (state_ != SessionState::connecting) return {};
  last_received_ = now;
  last_sent_ = now;
  change(SessionState::app_auth, "authenticating the application");
  ask(now, Step::application, application_auth(account_.client_id, account_.client_secret));
  return take();
}

Actions Session::failed(TimePoint now, const std::string& reason, bool needs_person) {
  if (state_ != SessionState::connecting && !connected()) return {};
  if (needs_person) {
    change(SessionState::error, reason);
    actions_.emplace_back(GiveUp{reason});
  } else {
    lose(now, reason);
  }
  return take();
}

Actions Session::message(TimePoint now, const Envelope& envelope, bool& consumed) {
  consumed = true;
  if (step_ != Step::none && envelope.client_msg_id == step_id_) {
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

Actions Session::tick(TimePoint now) {
  if (!connected()) {
    if (now >= next_attempt_) connect();
    return take();
  }
  if (state_ == SessionState::ready && now - ready_since_ >= times_.stable) backoff_.reset();
  if (now - last_received_ >= times_.dead_link) {
    lose(now, "no byte from the server for " + seconds_text(times_.dead_link));
  } else if (step_ != Step::none && now >= step_deadline_) {
    lose(now, "no answer for " + seconds_text(times_.answer) + " while authenticating");
  } else if (now - last_sent_ >= times_.heartbeat) {
    last_sent_ = now;
    actions_.emplace_back(SendHeartbeat{});
  }
  return take();
}

TimePoint Session::next_tick() const {
  if (!connected()) return next_attempt_;
  auto next = std::min(last_received_ + times_.dead_link, last_sent_ + times_.heartbeat);
  if (step_ != Step::none) next = std::min(next, step_deadline_);
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

void Session::ask(TimePoint now, Step step, Request request) {
  step_ = step;
  step_id_ = name_ + "-session-" + std::to_string(++requests_);
  step_deadline_ = now + times_.answer;
  actions_.emplace_back(SendRequest{std::move(request), step_id_});
}

void Session::ask_account(TimePoint now) {
  ask(now, Step::account, account_auth(account_.account_id, account_.access_token));
}

void Session::lose(TimePoint now, const std::string& reason) {
  if (state_ == SessionState::ready && now - ready_since_ >= times_.stable) backoff_.reset();
  step_ = Step::none;
  next_attempt_ = now + backoff_.next();
  actions_.emplace_back(CloseConnection{});
  change(SessionState::disconnected, reason);
}

void Session::stop_trying(TimePoint now, const std::string& reason) {
  step_ = Step::none;
  next_attempt_ = now + times_.error_retry;
  actions_.emplace_back(CloseConnection{});
  change(SessionState::error, reason);
}

void Session::answer(TimePoint now, const Envelope& envelope) {
  if (is_error(envelope.payload_type)) {
    refused(now, decode_error(envelope));
  } else if (step_ == Step::accounts) {
    choose_account(now, envelope);
  } else {
    advance(now);
  }
}

void Session::refused(TimePoint now, const BrokerError& error) {
  switch (classify(error.code)) {
    case ErrorClass::already_done: advance(now); return;
    case ErrorClass::permanent:
    // We hold one token and no other: refused while authenticating, it is refused for good.
    case ErrorClass::reauthenticate: stop_trying(now, to_string(error)); return;
    case ErrorClass::throttled:
    case ErrorClass::transient:
    case ErrorClass::business: break;
  }
  lose(now, to_string(error));
  if (error.retry_after_seconds) {
    const auto wait =
        std::chrono::seconds{std::min<std::uint64_t>(*error.retry_after_seconds, 300)};
    next_attempt_ = std::max(next_attempt_, now + wait);
  }
}

void Session::advance(TimePoint now) {
  if (step_ == Step::application) {
    change(SessionState::account_auth, "application authenticated");
    ask(now, Step::accounts, account_list(account_.access_token));
    return;
  }
  step_ = Step::none;
  ready_since_ = now;
  change(SessionState::ready, "account authenticated");
}

void Session::choose_account(TimePoint now, const Envelope& envelope) {
  ProtoOAGetAccountListByAccessTokenRes list;
  if (!parse_payload(envelope, list)) {
    lose(now, "an account list that cannot be read");
    return;
  }
  const auto& accounts = list.ctidtraderaccount();
  const auto found = std::find_if(accounts.begin(), accounts.end(), [this](const auto& entry) {
    return static_cast<std::int64_t>(entry.ctidtraderaccountid()) == account_.account_id;
  });
  const auto id = std::to_string(account_.account_id);
  if (found == accounts.end()) {
    stop_trying(now,
                "CH_CTID_TRADER_ACCOUNT_NOT_FOUND: the access token does not cover account " + id);
    return;
  }
  if (found->islive() != account_.live) {
    const auto reason = "account " + id + " is a " + (found->islive() ? "live" : "demo") +
                        " account, the environment is not";
    stop_trying(now, reason);
    actions_.emplace_back(GiveUp{reason});
    return;
  }
  ask_account(now);
}

void Session::account_lost(TimePoint now, const std::string& reason) {
  if (state_ != SessionState::ready) return;  // being authenticated, or about to be
  change(SessionState::account_auth, reason);
  ask_account(now);
}

}  // namespace depthwire::ctrader
