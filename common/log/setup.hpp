#pragma once

#include "common/log/settings.hpp"

#include <string>
#include <string_view>

namespace depthwire::log {

/// Makes spdlog's default logger write as `settings` say; from then on spdlog::info() and the
/// like are the log of `process`. Throws service::ExitError 74 when the file cannot be opened.
void setup(std::string_view process, const Settings& settings);

/// The newest message of level error; "" when there was none.
[[nodiscard]] std::string last_error();

/// `text` as the inside of a JSON string: quotes, backslashes and control characters escaped, bytes
/// that are not UTF-8 replaced.
[[nodiscard]] std::string json_escape(std::string_view text);

}  // namespace depthwire::log
