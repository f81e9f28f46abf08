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
