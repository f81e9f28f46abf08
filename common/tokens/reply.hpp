#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace depthwire::tokens {

/// What the broker's token endpoint has answered. Holds secrets: never to be logged.
struct NewTokens {
  std::string access_token;
  std::string refresh_token;
  std::int64_t expires_in_s = 0;
};
/// The broker says no; asking again changes nothing.
struct Refused {
  std::string reason;  ///< "CODE: description"
};
/// No answer, or none that can be read: nobody knows what the broker has done.
struct NoAnswer {
  std::string reason;
};
using Reply = std::variant<NewTokens, Refused, NoAnswer>;

/// Reads an answer: HTTP status and body, JSON in camel or snake case. Source: PROTOCOL.md 4.1.
[[nodiscard]] Reply read_reply(long status, std::string_view body);

}  // namespace depthwire::tokens
