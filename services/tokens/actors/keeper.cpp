#include "services/tokens/actors/keeper.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace depthwire::tokens {

Keeper::Keeper(Store store, Endpoint endpoint, Ports ports)
    : store_(std::move(store)), endpoint_(std::move(endpoint)), ports_(std::move(ports)) {}

void Keeper::import(const std::string& refresh_token, std::int64_t account_id) {
  if (refresh_token.empty() || store_.current()) return;
  spdlog::info("the refresh token of the configuration is the first grant");
  store_.put({.refresh_token = refresh_token, .account_id = account_id});
}

void Keeper::tick() {
  if (const auto version = store_.version(); version != seen_) {
    seen_ = version;
    look();
    tell();
  }
  if (!refreshing_ && rule_.due(grant_, standing_, ports_.unix_ms())) refresh();
}

void Keeper::look() {
  grant_ = store_.current();
  standing_ = store_.standing();
}

void Keeper::refresh() {
  refreshing_ = true;
  // Whoever finds this after our death knows that the refresh token may be used up.
  store_.refresh_started(ports_.unix_ms());
  look();
  spdlog::info("refreshing the access token");
  const auto token = grant_->refresh_token;
  ports_.elsewhere([endpoint = endpoint_,
                    token](const std::stop_token& stop) { return endpoint.refresh(token, stop); },
                   [this, token](const Reply& reply) { answered(reply, token); });
}

void Keeper::answered(const Reply& reply, const std::string& refresh_token) {
  refreshing_ = false;
  look();
  if (!grant_ || grant_->refresh_token != refresh_token) {
    // A login or logout came between: the answer belongs to a grant that is no more.
    spdlog::warn("the grant was replaced while it was refreshed");
  } else if (const auto* tokens = std::get_if<NewTokens>(&reply)) {
    const auto now = ports_.unix_ms();
    store_.put({.access_token = tokens->access_token,
                .refresh_token = tokens->refresh_token,
                .obtained_ms = now,
                .expires_ms = now + tokens->expires_in_s * 1'000,
                .account_id = grant_->account_id});
    rule_.succeeded();
    ++status_.refreshed;
    spdlog::info("the access token is good for {} more hours", tokens->expires_in_s / 3'600);
  } else if (const auto* refused = std::get_if<Refused>(&reply)) {
    store_.require_login(refused->reason);
    ++status_.refused;
    spdlog::error("the refresh token is refused: {}; `depthwire auth login` makes another",
                  refused->reason);
  } else {
    rule_.failed(ports_.unix_ms());
    ++status_.unanswered;
    spdlog::warn("no answer to the refresh: {}", std::get<NoAnswer>(reply).reason);
  }
  look();
  tell();
}

void Keeper::tell() {
  status_.login_required = standing_.login_required || !grant_;
  status_.expires_ms.reset();
  if (!grant_) {
    status_.line = {.reason = "nobody has logged in; `depthwire auth login` does"};
  } else {
    status_.line = {.access_token = grant_->access_token, .account_id = grant_->account_id};
    if (!grant_->access_token.empty()) status_.expires_ms = grant_->expires_ms;
    if (standing_.login_required) {
      status_.line.reason = standing_.reason + "; `depthwire auth login` makes another grant";
    } else if (grant_->access_token.empty()) {
      status_.line.reason = "the access token is being fetched";
    }
  }
  ports_.changed(status_);
}

}  // namespace depthwire::tokens
