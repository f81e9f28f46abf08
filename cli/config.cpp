#include "cli/commands.hpp"
#include "cli/place.hpp"
#include "cli/settings.hpp"
#include "common/config/help.hpp"

#include <cstdio>

namespace depthwire::cli {

int config_check(const Common& common) {
  const Place place = find_place(common.root, common.config);
  AllSettings settings;
  settings.load(place.config);
  for (const auto& warning : settings.loaded.warnings) std::printf("%s\n", warning.c_str());
  std::printf("%s: fine, environment %s\n",
              place.embedded ? "the embedded default" : place.config.c_str(),
              settings.environment().c_str());
  return service::exit_code::ok;
}

int config_reference() {
  AllSettings settings;
  std::fputs(config::reference_page(settings.schema()).c_str(), stdout);
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
