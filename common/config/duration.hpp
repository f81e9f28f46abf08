#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::config {

/// `250ms`, `5s`, `10m`, `1h`, `7d`: a whole number and one unit. Nothing for any other text.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// The shortest text that parse_duration() reads as `duration`.
[[nodiscard]] std::string to_string(std::chrono::milliseconds duration);

}  // namespace depthwire::config
