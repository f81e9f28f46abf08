#pragma once

#include "common/bus/subscription.hpp"
#include "common/journal/format.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::replay {

using Parameters = std::map<std::string, std::string>;

/// What shaped a stretch of a stage's outputs.
struct Stretch {
  Parameters parameters;
  /// The last input that caused an output with them; nothing for the last stretch, which goes on.
  std::optional<journal::Position> until;
  std::vector<bus::Lost> losses;  ///< inputs that the stage was never given, in order
};

/// What of a live stage's journal its inputs do not tell.
struct Recorded {
  std::vector<Stretch> stretches;                  ///< in order; empty: the journal is empty
  std::map<journal::Position, std::string> skips;  ///< inputs that an operator had skipped, and why
};

/// Reads the journal of a stage. Throws service::ExitError 65 when it is damaged.
[[nodiscard]] Recorded read_recorded(const std::filesystem::path& journal);

/// Whose journal it is, `<environment>.<service>`: by its control records, else by the directory's
/// name, so that a recording may lie in any directory.
[[nodiscard]] std::string source_of(const std::filesystem::path& journal);

/// Whether the directory holds journal files.
[[nodiscard]] bool is_journal(const std::filesystem::path& directory);

}  // namespace depthwire::replay
