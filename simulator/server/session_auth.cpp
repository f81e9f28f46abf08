#include "proto/ctrader/messages.pb.h"
#include "simulator/server/session.hpp"
#include "simulator/server/session_parse.hpp"

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
  const Credentials& known = settings_.credentials;
  if (!tokens_.is_good(message->accesstoken(), last_request_)) {
    return refuse("CH_ACCESS_TOKEN_INVALID", "access token is not known");
  }
  ProtoOAGetAccountListByAccessTokenRes answer;
  answer.set_accesstoken(message->accesstoken());
  answer.set_permissionscope(tokens_.may_trade(message->accesstoken(), last_request_) ? SCOPE_TRADE
                                                                                      : SCOPE_VIEW);
  auto& account = *answer.add_ctidtraderaccount();
  account.set_ctidtraderaccountid(static_cast<std::uint64_t>(known.account_id));
  account.set_islive(false);
  account.set_traderlogin(known.account_id + 2'000'000);
  account.set_brokertitleshort("Simulator");
  reply(PROTO_OA_GET_ACCOUNTS_BY_ACCESS_TOKEN_RES, answer);
}

void Session::profile(const Request& request) {
  const auto message = parse<ProtoOAGetCtidProfileByTokenReq>(request);
  if (!message) return;
  if (!tokens_.is_good(message->accesstoken(), last_request_)) {
    return refuse("CH_ACCESS_TOKEN_INVALID", "access token is not known");
  }
  ProtoOAGetCtidProfileByTokenRes answer;
  answer.mutable_profile()->set_userid(settings_.credentials.account_id + 1'000'000);
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
  look_at_token(last_request_);
}

// Another connection may have refreshed it.
void Session::look_at_token(TimePoint now) {
  if (account_ok_ && !tokens_.is_good(account_token_, now)) {
    invalidate_token("the access token is no longer good");
  }
}

void Session::account_auth(const Request& request) {
  const auto message = parse<ProtoOAAccountAuthReq>(request);
  if (!message) return;
  const Credentials& known = settings_.credentials;
  if (!tokens_.is_good(message->accesstoken(), last_request_)) {
    return refuse("CH_ACCESS_TOKEN_INVALID", "access token is not known");
  }
  if (message->ctidtraderaccountid() != known.account_id) {
    return refuse("CH_CTID_TRADER_ACCOUNT_NOT_FOUND",
                  "the token has no account " + std::to_string(message->ctidtraderaccountid()));
  }
  if (account_ok_) {
    return refuse("ALREADY_LOGGED_IN", "the account is authorised in this channel already");
  }
  account_ok_ = true;
  account_token_ = message->accesstoken();
  ProtoOAAccountAuthRes answer;
  answer.set_ctidtraderaccountid(known.account_id);
  reply(PROTO_OA_ACCOUNT_AUTH_RES, answer);
}

void Session::account_logout(const Request& request) {
  const auto message = parse_for_account<ProtoOAAccountLogoutReq>(request);
  if (!message) return;
  ProtoOAAccountLogoutRes answer;
  answer.set_ctidtraderaccountid(message->ctidtraderaccountid());
  reply(PROTO_OA_ACCOUNT_LOGOUT_RES, answer);
  disconnect_account();
}

void Session::disconnect_account() {
  if (!account_ok_ || closing_) return;
  account_ok_ = false;
  subscriptions_.assign(board_.size(), {});
  ProtoOAAccountDisconnectEvent event;
  event.set_ctidtraderaccountid(settings_.credentials.account_id);
  send(PROTO_OA_ACCOUNT_DISCONNECT_EVENT, event);
}

void Session::invalidate_token(std::string_view reason) {
  if (!account_ok_ || closing_) return;
  ProtoOAAccountsTokenInvalidatedEvent event;
  event.add_ctidtraderaccountids(settings_.credentials.account_id);
  event.set_reason(std::string(reason));
  send(PROTO_OA_ACCOUNTS_TOKEN_INVALIDATED_EVENT, event);
  disconnect_account();
}

}  // namespace depthwire::simulator
