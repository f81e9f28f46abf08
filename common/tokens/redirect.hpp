#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::tokens {

/// Where the browser comes back to: an address of this machine.
struct Redirect {
  std::uint16_t port = 0;
  std::string path;  ///< begins with /
};

/// Nothing unless it is http://127.0.0.1:PORT/PATH, or the same with localhost.
[[nodiscard]] std::optional<Redirect> parse_redirect(std::string_view uri);

}  // namespace depthwire::tokens
