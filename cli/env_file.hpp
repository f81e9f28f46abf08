#pragma once

#include <tl/expected.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::cli {

using Variables = std::vector<std::pair<std::string, std::string>>;

/// Reads the text of a `.env` file as Compose does: NAME=VALUE lines, `export` before them, # for
/// comments, '...' taken as it is, "..." with \n \t \" and \\ . The error names the line.
[[nodiscard]] tl::expected<Variables, std::string> parse_env(std::string_view text);

/// Sets the variables of `file` in this process where the environment does not have them yet. A
/// missing file is none. Throws service::ExitError 78 when it cannot be read.
void load_env_file(const std::filesystem::path& file);

}  // namespace depthwire::cli
