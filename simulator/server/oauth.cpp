#include "simulator/server/oauth.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <utility>

namespace depthwire::simulator {
namespace {

constexpr std::chrono::minutes code_life{1};
constexpr int token_life_s = 2'628'000;

std::string parameter(const OAuth::Query& query, const std::string& name) {
  const auto found = query.find(name);
  return found == query.end() ? "" : found->second;
}

/// For HTML and for a query alike: letters and digits stay.
std::string percent(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '_' || c == '.';
    char escaped[4];
    std::snprintf(escaped, sizeof escaped, "%%%02X", static_cast<unsigned char>(c));
    out += plain ? std::string(1, c) : escaped;
  }
  return out;
}

std::string names_of(const std::vector<std::int64_t>& accounts) {
  std::string text = accounts.size() == 1 ? "the account" : "the accounts";
  for (const auto id : accounts) {
    text += (id == accounts.front() ? " " : ", ") + std::to_string(id);
  }
  return text;
}

WebAnswer page(unsigned status, const std::string& text) {
  return {.status = status,
          .body = "<!doctype html><title>Simulator</title><h1>Simulator</h1><p>" + text + "</p>\n"};
}

WebAnswer refused(const std::string& code, const std::string& why) {
  return {.type = "application/json",
          .body = nlohmann::json{{"errorCode", code}, {"description", why}}.dump()};
}

}  // namespace

WebAnswer OAuth::answer(std::string_view path, const Query& query, TimePoint now) {
  if (path == "/grantingaccess/") return consent(query, false, now);
  if (path == "/grantingaccess/allow") return consent(query, true, now);
  if (path == "/apps/token") return tokens(query, now);
  return page(404, "Here are /grantingaccess/ and /apps/token.");
}

WebAnswer OAuth::consent(const Query& query, bool allowed, TimePoint now) {
  if (parameter(query, "client_id") != known_.client_id) {
    return page(400, "No application has this client_id.");
  }
  // Byte for byte: anything else would send codes to others.
  if (parameter(query, "redirect_uri") != redirect_uri_) {
    return page(400, "This redirect_uri is not registered for the application.");
  }
  const auto state = percent(parameter(query, "state"));
  const auto scope = parameter(query, "scope");
  // None at all is the lesser one.
  if (!scope.empty() && scope != "accounts" && scope != "trading") {
    return page(400, "The scope is accounts or trading.");
  }
  if (!allowed) {
    return page(200, "The application asks for access to " + names_of(known_.account_ids) +
                         (scope == "trading" ? ", to trade too" : "") +
                         ". <a href=\"/grantingaccess/allow?client_id=" +
                         percent(known_.client_id) + "&amp;redirect_uri=" + percent(redirect_uri_) +
                         "&amp;scope=" + scope + "&amp;state=" + state + "\">Allow access</a>");
  }
  const auto code = "simulator-code-" + std::to_string(++made_);
  codes_.emplace(code, Code{now + code_life, scope == "trading"});
  auto answer = page(302, "Access is granted.");
  answer.location = redirect_uri_ + "?code=" + code + (state.empty() ? "" : "&state=" + state);
  return answer;
}

WebAnswer OAuth::tokens(const Query& query, TimePoint now) {
  if (parameter(query, "client_id") != known_.client_id ||
      parameter(query, "client_secret") != known_.client_secret) {
    return refused("CH_CLIENT_AUTH_FAILURE", "client id or client secret is incorrect");
  }
  std::optional<Tokens::Pair> pair;
  if (parameter(query, "grant_type") == "authorization_code") {
    const auto code = codes_.extract(parameter(query, "code"));
    if (code.empty() || now >= code.mapped().good_until ||
        parameter(query, "redirect_uri") != redirect_uri_) {
      return refused("ACCESS_DENIED", "the code is not known, used up or too old");
    }
    pair = tokens_.grant(code.mapped().may_trade);
  } else if (parameter(query, "grant_type") == "refresh_token") {
    pair = tokens_.refresh(parameter(query, "refresh_token"));
    if (!pair) return refused("CH_ACCESS_TOKEN_INVALID", "refresh token is not known, or used up");
  } else {
    return refused("INVALID_REQUEST", "grant_type is authorization_code or refresh_token");
  }
  return {.type = "application/json",
          .body = nlohmann::json{{"accessToken", pair->access},
                                 {"tokenType", "bearer"},
                                 {"expiresIn", token_life_s},
                                 {"refreshToken", pair->refresh},
                                 {"errorCode", nullptr},
                                 {"description", nullptr},
                                 {"access_token", pair->access},
                                 {"refresh_token", pair->refresh},
                                 {"expires_in", token_life_s}}
                      .dump()};
}

}  // namespace depthwire::simulator
