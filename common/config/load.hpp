#pragma once

#include "common/config/environment.hpp"
#include "common/config/error.hpp"
#include "common/config/schema.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace depthwire::config {

/// Where values come from; later ones win: file, then variables, then flags.
struct Sources {
  std::optional<std::filesystem::path> file;
  std::map<std::string, std::string> variables;            ///< the process environment
  std::vector<std::pair<std::string, std::string>> flags;  ///< `streaming.depth` = `20`
};

struct Loaded {
  Environment environment = Environment::sim;
  std::vector<std::string> warnings;
};

/// Fills the structs that `schema` describes. Throws ConfigError with every problem found.
Loaded load(const Schema& schema, const Sources& sources);

/// All variables of this process.
[[nodiscard]] std::map<std::string, std::string> process_variables();

/// DEPTHWIRE_STREAMING_DEPTH for the key path `streaming.depth`.
[[nodiscard]] std::string variable_name(std::string_view path);

}  // namespace depthwire::config
