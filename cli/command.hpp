#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace depthwire::cli {

/// What another program printed (both outputs) and how it ended.
struct Finished {
  int code = 0;
  std::string output;
  [[nodiscard]] bool ok() const { return code == 0; }
};

/// Runs a program to its end, found in PATH, without a shell. Code 127 when it cannot be started.
Finished run_command(const std::vector<std::string>& command,
                     const std::filesystem::path& directory = {});

/// Becomes another program, with this one's terminal. Returns only when that is impossible: 127.
int become_command(const std::vector<std::string>& command);

/// True when PATH has the program, or it is the path of an executable file.
[[nodiscard]] bool have_command(const std::string& name);

}  // namespace depthwire::cli
