#include "cli/run_file.hpp"

#include <nlohmann/json.hpp>
#include <signal.h>

#include <fstream>

namespace depthwire::cli {

std::optional<RunFile> read_run_file(const std::filesystem::path& run_dir,
                                     std::string_view process) {
  std::ifstream in(run_dir / (std::string(process) + ".json"));
  const auto json = nlohmann::json::parse(in, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  RunFile file{json.value("pid", std::int64_t{0}), json.value("health", ""),
               json.value("started", std::int64_t{0})};
  const bool alive =
      file.pid > 0 && (::kill(static_cast<pid_t>(file.pid), 0) == 0 || errno == EPERM);
  if (!alive) return std::nullopt;
  return file;
}

}  // namespace depthwire::cli
