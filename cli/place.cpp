#include "cli/place.hpp"

#include "cli/env_file.hpp"
#include "common/service/exit_error.hpp"

#include <cstdlib>
#include <fstream>

namespace depthwire::cli {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> variable(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr || *text == '\0') return std::nullopt;
  return fs::path(text);
}

/// The embedded default as a file that every process can read; touched only when it changed.
fs::path write_default(const fs::path& run) {
  fs::path file = run / "default.yaml";
  std::ifstream in(file);
  const std::string present{std::istreambuf_iterator<char>(in), {}};
  if (present == embedded_default()) return file;
  fs::create_directories(run);
  std::ofstream out(file, std::ios::trunc);
  out << embedded_default();
  out.close();
  if (!out) throw service::ExitError(service::exit_code::disk, "cannot write " + file.string());
  return file;
}

}  // namespace

Place find_place(const std::optional<fs::path>& root, const std::optional<fs::path>& config) {
  Place place;
  std::error_code error;
  place.root = fs::weakly_canonical(root                         ? *root
                                    : variable("DEPTHWIRE_ROOT") ? *variable("DEPTHWIRE_ROOT")
                                                                 : fs::current_path());
  if (config) place.config = fs::absolute(*config);
  fs::create_directories(place.root, error);
  fs::current_path(place.root, error);
  if (error) {
    throw service::ExitError(service::exit_code::config,
                             "cannot work in " + place.root.string() + ": " + error.message());
  }
  load_env_file(place.root / ".env");
  place.binaries = fs::read_symlink("/proc/self/exe").parent_path();
  if (!config) {
    if (const auto named = variable("DEPTHWIRE_CONFIG")) {
      place.config = fs::absolute(*named);
    } else if (fs::exists(place.root / "depthwire.yaml")) {
      place.config = place.root / "depthwire.yaml";
    } else {
      place.config = write_default(place.run());
    }
  }
  return place;
}

}  // namespace depthwire::cli
