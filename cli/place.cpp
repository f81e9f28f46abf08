#include "cli/place.hpp"

#include "cli/env_file.hpp"
#include "common/service/exit_error.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sys/mman.h>
#include <system_error>

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

/// The embedded default as a file that only this process can read.
fs::path default_in_memory() {
  const int file = ::memfd_create("depthwire-default.yaml", MFD_CLOEXEC);
  const auto text = embedded_default();
  if (file < 0 || ::write(file, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    throw std::system_error(errno, std::generic_category(), "memfd_create");
  }
  return "/proc/self/fd/" + std::to_string(file);
}

fs::path root_directory(const std::optional<fs::path>& option) {
  const auto named = option ? option : variable("DEPTHWIRE_ROOT");
  return fs::weakly_canonical(named ? *named : fs::current_path());
}

Place look_around(const fs::path& root, const std::optional<fs::path>& config) {
  Place place;
  std::error_code error;
  place.root = root;
  if (config) place.config = fs::absolute(*config);
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
      place.embedded = true;
    }
  }
  return place;
}

}  // namespace

Place find_place(const std::optional<fs::path>& root, const std::optional<fs::path>& config) {
  const auto directory = root_directory(root);
  if (!fs::is_directory(directory)) {
    throw service::ExitError(service::exit_code::config,
                             "the root " + directory.string() +
                                 " is no directory; name another with --root, or make one with "
                                 "`depthwire up`");
  }
  Place place = look_around(directory, config);
  if (place.embedded) place.config = default_in_memory();
  return place;
}

Place make_place(const std::optional<fs::path>& root, const std::optional<fs::path>& config) {
  const auto directory = root_directory(root);
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) {
    throw service::ExitError(service::exit_code::config,
                             "cannot make the root " + directory.string() + ": " + error.message());
  }
  Place place = look_around(directory, config);
  if (place.embedded) place.config = write_default(place.run());
  return place;
}

}  // namespace depthwire::cli
