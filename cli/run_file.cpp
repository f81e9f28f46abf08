#include "cli/run_file.hpp"

#include "cli/living.hpp"
#include "cli/settings.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace depthwire::cli {

std::optional<RunFile> read_run_file(const std::filesystem::path& run_dir,
                                     std::string_view process) {
  std::ifstream in(run_dir / (std::string(process) + ".json"));
  const auto json = nlohmann::json::parse(in, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  RunFile file{json.value("pid", std::int64_t{0}), json.value("health", ""),
               json.value("started", std::int64_t{0})};
  if (!runs_program(static_cast<pid_t>(file.pid), program_name(process))) return std::nullopt;
  return file;
}

}  // namespace depthwire::cli
