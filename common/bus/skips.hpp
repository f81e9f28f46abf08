#pragma once

#include "common/journal/format.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace depthwire::bus {

/// Inputs that an operator decided to skip, and why.
using Skips = std::map<journal::Position, std::string>;

/// The decisions in a stage's journal directory; none when there is no file. Throws
/// service::ExitError 65 for a file that cannot be understood.
[[nodiscard]] Skips read_skips(const std::filesystem::path& journal);

/// Adds a decision; it is durable when this returns. Throws std::system_error.
void add_skip(const std::filesystem::path& journal, journal::Position position,
              const std::string& reason);

/// How many of `skips` lie at or before `position`.
[[nodiscard]] std::uint64_t skips_until(const Skips& skips, journal::Position position);

}  // namespace depthwire::bus
