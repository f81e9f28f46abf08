#include "common/tokens/feed_line.hpp"

#include <nlohmann/json.hpp>

namespace depthwire::tokens {

std::string to_line(const FeedLine& line) {
  return nlohmann::json{{"access_token", line.access_token},
                        {"account_id", line.account_id},
                        {"reason", line.reason}}
             .dump() +
         "\n";
}

tl::expected<FeedLine, std::string> parse_line(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return tl::unexpected(std::string("not a JSON object"));
  const auto token = json.find("access_token");
  const auto account = json.find("account_id");
  const auto reason = json.find("reason");
  if (token == json.end() || !token->is_string() || account == json.end() ||
      !account->is_number_integer() || reason == json.end() || !reason->is_string()) {
    return tl::unexpected(std::string("expected access_token, account_id and reason"));
  }
  return FeedLine{token->get<std::string>(), account->get<std::int64_t>(),
                  reason->get<std::string>()};
}

}  // namespace depthwire::tokens
