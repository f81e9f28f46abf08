#include "common/tokens/reply.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace depthwire::tokens {
namespace {

using nlohmann::json;

std::string text_of(const json& object, const char* camel, const char* snake) {
  for (const auto* key : {camel, snake}) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_string()) return found->get<std::string>();
  }
  return "";
}

/// Seconds, as a number or as text; 0 where there are none.
std::int64_t seconds_of(const json& object) {
  for (const auto* key : {"expiresIn", "expires_in"}) {
    const auto found = object.find(key);
    if (found == object.end()) continue;
    if (found->is_number()) return found->get<std::int64_t>();
    if (!found->is_string()) continue;
    const auto text = found->get<std::string>();
    std::int64_t seconds = 0;
    const auto* end = text.data() + text.size();
    if (std::from_chars(text.data(), end, seconds).ptr == end) return seconds;
  }
  return 0;
}

}  // namespace

Reply read_reply(long status, std::string_view body) {
  const auto where = "HTTP " + std::to_string(status);
  const auto object = json::parse(body, nullptr, false);
  if (status >= 500 || !object.is_object()) {
    return NoAnswer{where + (object.is_object() ? "" : ", not JSON")};
  }
  if (const auto code = text_of(object, "errorCode", "error"); !code.empty()) {
    const auto why = text_of(object, "description", "error_description");
    return Refused{why.empty() ? code : code + ": " + why};
  }
  NewTokens tokens{.access_token = text_of(object, "accessToken", "access_token"),
                   .refresh_token = text_of(object, "refreshToken", "refresh_token"),
                   .expires_in_s = seconds_of(object)};
  if (tokens.access_token.empty() || tokens.refresh_token.empty() || tokens.expires_in_s <= 0) {
    return NoAnswer{where + " without both tokens and their time"};
  }
  return tokens;
}

}  // namespace depthwire::tokens
