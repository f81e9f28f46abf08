#pragma once

#include <string>
#include <vector>

namespace depthwire::config {

/// Every top-level key of the configuration file: one file serves all processes, and each of them
/// refuses a top-level key that is not in this list.
[[nodiscard]] inline const std::vector<std::string>& known_sections() {
  static const std::vector<std::string> names{"environment", "log",        "service",  "bus",
                                              "ctrader",     "tokens",     "database", "streaming",
                                              "historical",  "aggregator", "analyzer", "persister",
                                              "auditor",     "gateway",    "simulator"};
  return names;
}

/// DEPTHWIRE_ variables that are not settings of a section.
[[nodiscard]] inline const std::vector<std::string>& other_variables() {
  static const std::vector<std::string> names{"DEPTHWIRE_ENVIRONMENT", "DEPTHWIRE_CONFIG",
                                              "DEPTHWIRE_ROOT", "DEPTHWIRE_RECORDING"};
  return names;
}

}  // namespace depthwire::config
