#include "common/ctrader/further_accounts.hpp"

#include "proto/ctrader/messages.pb.h"

#include <algorithm>
#include <memory>

namespace depthwire::ctrader {

FurtherAccounts::FurtherAccounts(const std::string& name,
                                 const std::vector<std::int64_t>& account_ids, bool live,
                                 std::function<double()> random,
                                 std::function<std::int64_t()> unix_ms, SessionTimes times)
    : request_prefix_{name + "-account-"},
      live_{live},
      unix_ms_{std::move(unix_ms)},
      times_{times} {
  // One for all: copies of a generator would give every account the same delays.
  const auto shared = std::make_shared<std::function<double()>>(std::move(random));
  accounts_.reserve(account_ids.size());
  for (const auto id : account_ids) {
    accounts_.push_back({.id = id, .backoff = Backoff([shared] { return (*shared)(); })});
  }
}

AccountActions FurtherAccounts::session_ready(TimePoint now, std::string access_token,
                                              std::int64_t main_account) {
  session_ready_ = true;
  main_account_ = main_account;
  const bool other_token = access_token_ != access_token;
  access_token_ = std::move(access_token);
  for (auto& account : accounts_) {
    const auto never = why_never(account.id);
    const bool asked_for = account.ask_at != TimePoint::max();
    if (!never.empty()) {
      account.ask_at = TimePoint::max();
      if (account.state != SessionState::error) change(account, SessionState::error, never);
    } else if (account.state == SessionState::disconnected ||
               (account.state == SessionState::error && (other_token || !asked_for))) {
      account.ask_at = now;
    }
  }
  ask_next(now);
  return take();
}

void FurtherAccounts::session_left() {
  session_ready_ = false;
  if (auto* account = find(std::exchange(asked_, 0))) account->ask_at = TimePoint::min();
}

AccountActions FurtherAccounts::disconnected(TimePoint now) {
  session_left();
  wrong_kind_.clear();
  for (auto& account : accounts_) {
    note_stable(now, account);
    account.ask_at = TimePoint::max();
    if (account.state == SessionState::disconnected) continue;
    change(account, SessionState::disconnected, "the connection that it shares has ended");
  }
  return take();
}

AccountActions FurtherAccounts::message(TimePoint now, const Envelope& envelope, bool& consumed) {
  consumed = envelope.client_msg_id.starts_with(request_prefix_);
  if (consumed) {
    // Others are of before the session left `ready`, or too late.
    if (asked_ != 0 && envelope.client_msg_id == asked_id_) {
      answered(now, *find(std::exchange(asked_, 0)), envelope);
    }
  } else if (envelope.payload_type == PROTO_OA_GET_ACCOUNTS_BY_ACCESS_TOKEN_RES) {
    note_kinds(envelope);
  } else if (envelope.payload_type == PROTO_OA_ACCOUNT_DISCONNECT_EVENT) {
    ProtoOAAccountDisconnectEvent event;
    if (parse_payload(envelope, event)) {
      lost(now, event.ctidtraderaccountid(), "the server dropped the account's session");
    }
  } else if (envelope.payload_type == PROTO_OA_ACCOUNTS_TOKEN_INVALIDATED_EVENT) {
    ProtoOAAccountsTokenInvalidatedEvent event;
    if (parse_payload(envelope, event)) {
      for (const auto id : event.ctidtraderaccountids()) {
        lost(now, id, "the access token was invalidated: " + event.reason());
      }
    }
  }
  ask_next(now);
  return take();
}

AccountActions FurtherAccounts::credentials(TimePoint now, std::string access_token) {
  // Before the session's first `ready` there is nothing to ask again.
  if (!session_ready_) return {};
  return session_ready(now, std::move(access_token), main_account_);
}

AccountActions FurtherAccounts::tick(TimePoint now) {
  if (asked_ != 0 && now >= asked_deadline_) {
    const auto waited = std::chrono::duration_cast<std::chrono::seconds>(times_.answer).count();
    ask_later(now, *find(std::exchange(asked_, 0)),
              "no answer for " + std::to_string(waited) + " s while authenticating");
  }
  ask_next(now);
  return take();
}

TimePoint FurtherAccounts::next_tick() const {
  if (!session_ready_) return TimePoint::max();
  if (asked_ != 0) return asked_deadline_;
  const auto first = std::ranges::min_element(accounts_, {}, &Account::ask_at);
  return first == accounts_.end() ? TimePoint::max() : std::max(first->ask_at, left_alone_until_);
}

FurtherAccounts::Account* FurtherAccounts::find(std::int64_t id) {
  const auto found = std::ranges::find(accounts_, id, &Account::id);
  return found == accounts_.end() ? nullptr : &*found;
}

/// Why the account is not even asked for; empty: it is.
std::string FurtherAccounts::why_never(std::int64_t id) const {
  const auto name = "account " + std::to_string(id);
  if (id == main_account_) return name + " is the one whose market data is streamed";
  if (std::ranges::find(wrong_kind_, id) == wrong_kind_.end()) return {};
  return name + " is a " + (live_ ? "demo" : "live") + " account, the environment is not";
}

void FurtherAccounts::change(Account& account, SessionState state, std::string reason) {
  account.state = state;
  actions_.emplace_back(AccountChanged{account.id, state, std::move(reason)});
}

/// Where the entry does not tell its kind, the server will: it opens no account of the other one.
/// It will also tell of those that the token does not cover.
void FurtherAccounts::note_kinds(const Envelope& envelope) {
  ProtoOAGetAccountListByAccessTokenRes list;
  if (!parse_payload(envelope, list)) return;
  wrong_kind_.clear();
  for (const auto& entry : list.ctidtraderaccount()) {
    if (!entry.has_islive() || entry.islive() == live_) continue;
    wrong_kind_.push_back(static_cast<std::int64_t>(entry.ctidtraderaccountid()));
  }
}

void FurtherAccounts::ask_next(TimePoint now) {
  if (!session_ready_ || asked_ != 0 || now < left_alone_until_) return;
  const auto first = std::ranges::min_element(accounts_, {}, &Account::ask_at);
  if (first == accounts_.end() || first->ask_at > now) return;
  first->ask_at = TimePoint::max();
  if (first->state == SessionState::error) {
    change(*first, SessionState::account_auth, "trying again");
  } else if (first->state == SessionState::disconnected) {
    change(*first, SessionState::account_auth, "authenticating the account");
  }
  asked_ = first->id;
  asked_id_ = request_prefix_ + std::to_string(++requests_);
  asked_token_ = access_token_;
  asked_deadline_ = now + times_.answer;
  actions_.emplace_back(SendRequest{account_auth(asked_, access_token_), asked_id_});
}

void FurtherAccounts::ask_later(TimePoint now, Account& account, const std::string& reason) {
  account.ask_at = now + account.backoff.next();
  change(account, SessionState::account_auth, reason);
}

void FurtherAccounts::stop_trying(TimePoint now, Account& account, const std::string& reason) {
  account.ask_at = now + times_.error_retry;
  change(account, SessionState::error, reason);
}

void FurtherAccounts::answered(TimePoint now, Account& account, const Envelope& envelope) {
  if (is_error(envelope.payload_type)) {
    const auto error = decode_error(envelope);
    if (classify(error) != ErrorClass::already_done) return refused(now, account, error);
  }
  account.ready_since = now;
  change(account, SessionState::ready, "account authenticated");
}

void FurtherAccounts::refused(TimePoint now, Account& account, const BrokerError& error) {
  const auto reason = to_string(error);
  if (refuses_token(error) && asked_token_ != access_token_) {
    account.ask_at = now;  // it was replaced while the server looked at it
    return;
  }
  if (refuses_token(error) || classify(error) == ErrorClass::permanent) {
    return stop_trying(now, account, reason);
  }
  left_alone_until_ = std::max(left_alone_until_, now + pause_asked_for(error, unix_ms_()));
  ask_later(now, account, reason);
}

/// Delays begin anew once the account has been authenticated for a while.
void FurtherAccounts::note_stable(TimePoint now, Account& account) const {
  if (account.state != SessionState::ready || now - account.ready_since < times_.stable) return;
  account.backoff.reset();
  account.losses = 0;
}

/// The first loss is mended at once, those that follow soon after with delays, as a session does.
void FurtherAccounts::lost(TimePoint now, std::int64_t id, const std::string& reason) {
  auto* account = find(id);
  if (account == nullptr || account->state != SessionState::ready) return;
  note_stable(now, *account);
  if (account->losses++ > 0) return ask_later(now, *account, reason);
  account->ask_at = now;
  change(*account, SessionState::account_auth, reason);
}

}  // namespace depthwire::ctrader
