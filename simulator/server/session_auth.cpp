#include "proto/ctrader/messages.pb.h"
#include "simulator/server/session.hpp"
#include "simulator/server/session_parse.hpp"

#include <algorithm>

namespace depthwire::simulator {

using namespace ctrader;

void Session::application_auth(const Request& request) {
  const auto message = parse<ProtoOAApplicationAuthReq>(request);
  if (!message) return;
  const Credentials& known = settings_.credentials;
  if (application_ok_) {
    return refuse("CH_CLIENT_ALREADY_AUTHENTICATED", "the application is authenticated already");
  }
  if (message->clientid() != known.client_id) {
    return refuse("CH_OA_CLIENT_NOT_FOUND", "client id is not known");
  }
  if (message->clientsecret() != known.client_secret) {
    return refuse("CH_CLIENT_AUTH_FAILURE", "client id or client secret is incorrect");
  }
  application_ok_ = true;
  reply(PROTO_OA_APPLICATION_AUTH_RES, ProtoOAApplicationAuthRes());
}

void Session::version(const Request& request) {
  if (!parse<ProtoOAVersionReq>(request)) return;
  ProtoOAVersionRes answer;
  answer.set_version("simulator-1");
  reply(PROTO_OA_VERSION_RES, answer);
}

void Session::account_list(const Request& request) {
  const auto message = parse<ProtoOAGetAccountListByAccessTokenReq>(request);
  if (!message) return;
  if (!tokens_.is_good(message->accesstoken(), last_request_)) {
    return refuse("CH_ACCESS_TOKEN_INVALID", "access token is not known");
  }
  ProtoOAGetAccountListByAccessTokenRes answer;
  answer.set_accesstoken(message->accesstoken());
  answer.set_permissionscope(tokens_.may_trade(message->accesstoken(), last_request_) ? SCOPE_TRADE
                                                                                      : SCOPE_VIEW);
  for (const auto& each : accounts_) {
    auto& account = *answer.add_ctidtraderaccount();
    account.set_ctidtraderaccountid(static_cast<std::uint64_t>(each.id));
    account.set_islive(false);
    account.set_traderlogin(each.id + 2'000'000);
    account.set_brokertitleshort("Simulator");
  }
  reply(PROTO_OA_GET_ACCOUNTS_BY_ACCESS_TOKEN_RES, answer);
}

void Session::profile(const Request& request) {
  const auto message = parse<ProtoOAGetCtidProfileByTokenReq>(request);
  if (!message) return;
  if (!tokens_.is_good(message->accesstoken(), last_request_)) {
    return refuse("CH_ACCESS_TOKEN_INVALID", "access token is not known");
  }
  ProtoOAGetCtidProfileByTokenRes answer;
  answer.mutable_profile()->set_userid(accounts_.front().id + 1'000'000);
  reply(PROTO_OA_GET_CTID_PROFILE_BY_TOKEN_RES, answer);
}

void Session::refresh_token(const Request& request) {
  const auto message = parse<ProtoOARefreshTokenReq>(request);
  if (!message) return;
  const auto pair = tokens_.refresh(message->refreshtoken());
  if (!pair) return refuse("CH_ACCESS_TOKEN_INVALID", "refresh token is not known, or used up");
  ProtoOARefreshTokenRes answer;
  answer.set_accesstoken(pair->access);
  answer.set_tokentype("bearer");
  answer.set_expiresin(2'628'000);
  answer.set_refreshtoken(pair->refresh);
  reply(PROTO_OA_REFRESH_TOKEN_RES, answer);
  look_at_tokens(last_request_);
}

// Another connection may have refreshed them.
void Session::look_at_tokens(TimePoint now) {
  std::vector<std::int64_t> ids;
  for (const auto& each : authorised_) {
    if (!tokens_.opens(each.token, each.account->id, now)) ids.push_back(each.account->id);
  }
  end_token(ids, "the access token is no longer good");
}

Session::Authorised* Session::authorised(std::int64_t account_id) {
  const auto found = std::ranges::find_if(
      authorised_, [account_id](const Authorised& each) { return each.account->id == account_id; });
  return found == authorised_.end() ? nullptr : &*found;
}

void Session::account_auth(const Request& request) {
  const auto message = parse<ProtoOAAccountAuthReq>(request);
  if (!message) return;
  const auto id = message->ctidtraderaccountid();
  if (!tokens_.opens(message->accesstoken(), id, last_request_)) {
    return refuse("CH_ACCESS_TOKEN_INVALID", "access token is not known");
  }
  const auto account = std::ranges::find(accounts_, id, &BrokerAccount::id);
  if (account == accounts_.end()) {
    return refuse("CH_CTID_TRADER_ACCOUNT_NOT_FOUND",
                  "the token has no account " + std::to_string(id));
  }
  if (authorised(id) != nullptr) {
    return refuse("ALREADY_LOGGED_IN", "the account is authorised in this channel already");
  }
  authorised_.push_back({&*account, message->accesstoken(), EventEncoder(id),
                         std::vector<Subscription>(board_.size())});
  ProtoOAAccountAuthRes answer;
  answer.set_ctidtraderaccountid(id);
  reply(PROTO_OA_ACCOUNT_AUTH_RES, answer);
}

void Session::account_logout(const Request& request) {
  const auto message = parse_for_account<ProtoOAAccountLogoutReq>(request);
  if (!message) return;
  ProtoOAAccountLogoutRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  reply(PROTO_OA_ACCOUNT_LOGOUT_RES, answer);
  disconnect_accounts(message->ctidtraderaccountid());
}

std::vector<std::int64_t> Session::authorised_ids(std::optional<std::int64_t> only) const {
  std::vector<std::int64_t> ids;
  for (const auto& each : authorised_) {
    if (!only || each.account->id == *only) ids.push_back(each.account->id);
  }
  return ids;
}

void Session::disconnect_accounts(std::optional<std::int64_t> account_id) {
  end_sessions(authorised_ids(account_id));
}

void Session::invalidate_token(std::string_view reason, std::optional<std::int64_t> account_id) {
  end_token(authorised_ids(account_id), reason);
}

void Session::end_sessions(const std::vector<std::int64_t>& account_ids) {
  if (closing_) return;
  asked_ = nullptr;
  for (const auto id : account_ids) {
    std::erase_if(authorised_, [id](const Authorised& each) { return each.account->id == id; });
    ProtoOAAccountDisconnectEvent event;
    event.set_ctidtraderaccountid(id);
    send(PROTO_OA_ACCOUNT_DISCONNECT_EVENT, event);
  }
}

void Session::end_token(const std::vector<std::int64_t>& account_ids, std::string_view reason) {
  if (account_ids.empty() || closing_) return;
  ProtoOAAccountsTokenInvalidatedEvent event;
  for (const auto id : account_ids) event.add_ctidtraderaccountids(id);
  event.set_reason(std::string(reason));
  send(PROTO_OA_ACCOUNTS_TOKEN_INVALIDATED_EVENT, event);
  end_sessions(account_ids);
}

}  // namespace depthwire::simulator
