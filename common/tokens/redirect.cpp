#include "common/tokens/redirect.hpp"

#include <charconv>

namespace depthwire::tokens {

std::optional<Redirect> parse_redirect(std::string_view uri) {
  bool here = false;
  for (const std::string_view start : {"http://127.0.0.1:", "http://localhost:"}) {
    if (!uri.starts_with(start)) continue;
    uri.remove_prefix(start.size());
    here = true;
    break;
  }
  const auto slash = uri.find('/');
  if (!here || slash == std::string_view::npos) return std::nullopt;
  Redirect redirect{.path = std::string(uri.substr(slash))};
  const auto* end = uri.data() + slash;
  const auto [rest, error] = std::from_chars(uri.data(), end, redirect.port);
  if (error != std::errc() || rest != end || redirect.port == 0) return std::nullopt;
  if (redirect.path.find_first_of("?# ") != std::string::npos) return std::nullopt;
  return redirect;
}

}  // namespace depthwire::tokens
