// How a session logs in: application, list of accounts, account; and what it makes of refusals.
#include "common/ctrader/session.hpp"
#include "proto/ctrader/common_model.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <algorithm>

namespace depthwire::ctrader {
namespace {

/// After so many refusals on one connection another one may find a server that is better off.
constexpr int account_tries_at_most = 5;

}  // namespace

void Session::ask(TimePoint now, Step step, Request request) {
  step_ = step;
  step_id_ = name_ + "-session-" + std::to_string(++requests_);
  step_token_ = account_.access_token;
  step_deadline_ = now + times_.answer;
  actions_.emplace_back(SendRequest{std::move(request), step_id_});
}

void Session::ask_accounts(TimePoint now) {
  ask(now, Step::accounts, account_list(account_.access_token));
}

void Session::ask_account(TimePoint now) {
  ask(now, Step::account, account_auth(account_.account_id, account_.access_token));
}

/// Tries the step again on this connection, after a growing delay.
void Session::ask_later(TimePoint now, const std::string& reason) {
  if (++account_tries_ > account_tries_at_most) return lose(now, reason);
  later_ = step_ == Step::none ? Step::account : step_;
  step_ = Step::none;
  ask_at_ = next_try(now);
  change(SessionState::account_auth, reason);
}

void Session::ask_again(TimePoint now) {
  if (state_ == SessionState::error) change(SessionState::account_auth, "trying again");
  if (std::exchange(later_, Step::none) == Step::accounts) {
    ask_accounts(now);
  } else {
    ask_account(now);
  }
}

/// An error that names no request answers the step too: a proxy may not know whom it refuses.
bool Session::answers_step(const Envelope& envelope) const {
  if (step_ == Step::none) return false;
  if (!envelope.client_msg_id.empty()) return envelope.client_msg_id == step_id_;
  return envelope.payload_type == ERROR_RES || envelope.payload_type == PROTO_OA_ERROR_RES;
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
  const auto kind = classify(error);
  if (kind == ErrorClass::already_done) return advance(now);
  const auto reason = to_string(error);
  if (refuses_token(error) && step_ != Step::application) {
    // It may have been replaced while the server looked at it.
    if (step_token_ != account_.access_token) return ask_accounts(now);
    return await_token(now, reason);
  }
  if (kind == ErrorClass::permanent || refuses_token(error)) return stop_trying(now, reason);
  left_alone_until_ = std::max(left_alone_until_, now + pause_asked_for(error, unix_ms_()));
  if (step_ == Step::application || error.code == "CH_CLIENT_NOT_AUTHENTICATED") {
    lose(now, reason);
  } else {
    ask_later(now, reason);
  }
}

void Session::advance(TimePoint now) {
  if (step_ == Step::application) {
    change(SessionState::account_auth, "application authenticated");
    ask_accounts(now);
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
    await_token(now,
                "CH_CTID_TRADER_ACCOUNT_NOT_FOUND: the access token does not cover account " + id);
    return;
  }
  // Where the entry does not tell its kind, the server will: it opens no account of the other one.
  if (found->has_islive() && found->islive() != account_.live) {
    const auto reason = "account " + id + " is a " + (found->islive() ? "live" : "demo") +
                        " account, the environment is not";
    stop_trying(now, reason);
    actions_.emplace_back(GiveUp{reason});
    return;
  }
  ask_account(now);
}

/// The first loss is mended at once, those that follow soon after with delays: a server that drops
/// the account whenever it is authenticated is not to be asked as fast as it answers.
void Session::account_lost(TimePoint now, const std::string& reason) {
  if (state_ != SessionState::ready) return;  // being authenticated, or about to be
  note_stable(now);
  if (account_tries_ > 0) return ask_later(now, reason);
  ++account_tries_;
  change(SessionState::account_auth, reason);
  ask_account(now);
}

}  // namespace depthwire::ctrader
