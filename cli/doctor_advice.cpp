#include "cli/doctor_judge.hpp"

#include <algorithm>
#include <array>

namespace depthwire::cli {
namespace {

// The first that is in a text is its advice. Source: PROTOCOL.md 10; docs/troubleshooting.md.
constexpr auto advices = std::to_array<Advice>({
    {"CH_CLIENT_AUTH_FAILURE",
     "application id or secret is wrong, or the application is not active",
     "compare both with the broker's page of your applications; a new one is reviewed for some "
     "days"},
    {"CH_OA_CLIENT_NOT_FOUND", "the application id is not known to the broker",
     "compare CTRADER_..._APPLICATION_ID with the broker's page of your applications"},
    {"CH_ACCESS_TOKEN_INVALID", "the access token is unknown, expired or taken back",
     "`depthwire auth login`, or renew the one of the configuration"},
    {"OA_AUTH_TOKEN_EXPIRED", "the access token has expired",
     "`depthwire auth login`, or renew the one of the configuration"},
    {"CH_CTID_TRADER_ACCOUNT_NOT_FOUND", "the grant does not open this account",
     "account_id is the ctidTraderAccountId, not the login number; `depthwire auth login` lists "
     "both"},
    {"the environment is not", "the account is of the other kind: demo or live",
     "choose another account with `depthwire auth login`, or another environment"},
    {"CANT_ROUTE_REQUEST",
     "the broker does not serve the account at this endpoint: wrong environment, or maintenance",
     "a demo account needs environment demo, a live one live; if it is, it comes back by itself"},
    {"ACCOUNT_NOT_AUTHORIZED", "the account's session at the broker is gone",
     "it is authenticated again by itself; if that fails, `depthwire auth login`"},
    {"RET_NO_SUCH_LOGIN", "the account does not exist any more", "choose another account"},
    {"RET_ACCOUNT_DISABLED", "the broker has disabled the account", "ask the broker"},
    {"CONNECTIONS_LIMIT_EXCEEDED", "too many connections of this application",
     "end other programs, or other installations, that use the same application"},
    {"SERVER_IS_UNDER_MAINTENANCE", "the broker is being maintained", "it comes back by itself"},
    {"CH_SERVER_NOT_REACHABLE", "the broker's trading server is down", "it comes back by itself"},
    {"REQUEST_FREQUENCY_EXCEEDED", "more requests than the broker allows",
     "another program uses the same application; Depthwire slows down by itself"},
    {"BLOCKED_PAYLOAD_TYPE", "the broker blocks a kind of request for a while",
     "another program uses the same application; Depthwire waits as long as it is told"},
    {"certificate", "whoever answers is not the broker, or something between opens TLS",
     "install ca-certificates; a proxy that opens TLS is refused on purpose"},
});

}  // namespace

const Advice* advice_for(std::string_view text) {
  const auto* const found = std::ranges::find_if(
      advices, [text](const Advice& advice) { return text.find(advice.code) != text.npos; });
  return found == advices.end() ? nullptr : found;
}

bool is_limit(std::string_view code) {
  return code == "REQUEST_FREQUENCY_EXCEEDED" || code == "BLOCKED_PAYLOAD_TYPE" ||
         code == "CONNECTIONS_LIMIT_EXCEEDED";
}

}  // namespace depthwire::cli
