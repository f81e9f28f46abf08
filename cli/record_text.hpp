#pragma once

#include "common/journal/format.hpp"

#include <string>
#include <string_view>

namespace depthwire::cli {

/// One record as a line for people, or as one JSON object (envelope included).
[[nodiscard]] std::string record_line(std::string_view source, const journal::Record& record);
[[nodiscard]] std::string record_json(std::string_view source, const journal::Record& record);

}  // namespace depthwire::cli
