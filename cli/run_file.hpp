#pragma once

#include "cli/place.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::cli {

/// What a running process says of itself in <run_dir>/<process>.json.
struct RunFile {
  std::int64_t pid = 0;
  std::string health;
  std::int64_t started = 0;  ///< seconds, Unix time
};

/// Nothing when there is no such file, or its process is gone.
[[nodiscard]] std::optional<RunFile> read_run_file(const std::filesystem::path& run_dir,
                                                   std::string_view process);

}  // namespace depthwire::cli
