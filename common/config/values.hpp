#pragma once

#include "common/config/describe.hpp"

#include <map>
#include <string>
#include <string_view>

namespace depthwire::config {

/// The settings of section `name` as one would write them: `depth` = `20`; secrets are left out.
[[nodiscard]] std::map<std::string, std::string> values_of(const Schema& schema,
                                                           std::string_view name);

/// The present values of a struct's own settings, without those of the sections that it shares.
template <class Config>
[[nodiscard]] std::map<std::string, std::string> values_of(std::string_view name, Config config) {
  return values_of(describe(name, "", config), name);
}

}  // namespace depthwire::config
