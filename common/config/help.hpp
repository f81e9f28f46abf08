#pragma once

#include "common/config/schema.hpp"

#include <string>

namespace depthwire::config {

/// The settings as plain text for --help: key, default, what it expects, variables.
[[nodiscard]] std::string help_text(const Schema& schema);

/// The settings as a Markdown page: one table per section.
[[nodiscard]] std::string reference_page(const Schema& schema);

}  // namespace depthwire::config
