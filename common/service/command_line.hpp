#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace depthwire::service {

/// What a process was called with.
struct CommandLine {
  std::optional<std::filesystem::path> config;
  std::vector<std::pair<std::string, std::string>> set;  ///< key path, text
  bool check = false;                                    ///< only look at the configuration
};

/// Either what to do, or (after printing help, version or an error) the exit code to end with.
struct ParsedCommandLine {
  std::optional<CommandLine> line;
  int exit_code = 0;
};

[[nodiscard]] ParsedCommandLine parse_command_line(int argc, char** argv,
                                                   const std::string& summary,
                                                   const std::string& settings_help);

}  // namespace depthwire::service
