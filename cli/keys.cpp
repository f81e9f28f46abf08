#include "cli/commands.hpp"
#include "cli/settings.hpp"
#include "common/bus/curve.hpp"

#include <cstdio>

namespace depthwire::cli {

int keys(const KeysOptions& options) {
  std::vector<std::string> names = options.names;
  if (names.empty()) {
    names.assign(services().begin(), services().end());
    names.emplace_back("cli");
  }
  std::filesystem::create_directories(options.directory);
  for (const std::string& name : names) {
    if (options.rotate) {
      bus::rotate_curve_keys(options.directory, name);
      std::printf("%s: new pair; the old public key stays allowed until --retire\n", name.c_str());
      continue;
    }
    if (options.retire) {
      const bool was = bus::retire_curve_key(options.directory, name);
      std::printf("%s: %s\n", name.c_str(),
                  was ? "the old public key is no longer allowed" : "has no old key");
      continue;
    }
    if (std::filesystem::exists(options.directory / (name + ".secret"))) {
      std::printf("%s: has its keys already\n", name.c_str());
      continue;
    }
    bus::make_curve_keys(options.directory, name);
    std::printf("%s: made %s.secret and %s.public\n", name.c_str(), name.c_str(), name.c_str());
  }
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
