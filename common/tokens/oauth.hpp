#pragma once

#include <map>
#include <string>
#include <string_view>

namespace depthwire::tokens {

/// What the broker knows an application by. Holds a secret: never to be logged.
struct Application {
  std::string id;
  std::string secret;
};

/// The page on which a user grants `scope` (accounts: to look; trading: to trade) to the
/// application. The browser then comes to `redirect_uri` with a code and `state`.
/// Source: PROTOCOL.md 4.1.
[[nodiscard]] std::string consent_url(const std::string& page, const std::string& application_id,
                                      const std::string& redirect_uri, const std::string& scope,
                                      const std::string& state);

/// Where tokens are fetched with a code, which is good once and for a minute. Holds secrets.
[[nodiscard]] std::string code_url(const std::string& endpoint, const Application& application,
                                   const std::string& code, const std::string& redirect_uri);
/// Where tokens are fetched with a refresh token, which is good once. Holds secrets.
[[nodiscard]] std::string refresh_url(const std::string& endpoint, const Application& application,
                                      const std::string& refresh_token);

/// The parameters of "a=1&b=%20", decoded.
[[nodiscard]] std::map<std::string, std::string> parse_query(std::string_view query);

}  // namespace depthwire::tokens
