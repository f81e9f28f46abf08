#pragma once

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace depthwire::tokens {

/// What the process `tokens` tells those that may use the grant: a line of JSON at first, and at
/// each change. Holds a secret: never to be logged.
struct FeedLine {
  std::string access_token;  ///< empty: there is none, `reason` says why
  std::int64_t account_id = 0;
  std::string reason;

  bool operator==(const FeedLine&) const = default;
};

inline constexpr std::size_t longest_feed_line = 64U << 10U;

/// With its line end.
[[nodiscard]] std::string to_line(const FeedLine& line);
/// The error says what is wrong, without the line.
[[nodiscard]] tl::expected<FeedLine, std::string> parse_line(std::string_view text);

}  // namespace depthwire::tokens
