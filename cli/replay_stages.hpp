#pragma once

#include "cli/settings.hpp"
#include "common/bus/stage.hpp"
#include "common/replay/recorded.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::cli {

/// `series_interval` = `10s`, without the stage's name.
using Overrides = std::vector<std::pair<std::string, std::string>>;

/// How a stage is made again from the parameters that its EPOCH_START recorded.
struct ReplayedStage {
  std::string_view name;
  /// The parameters as the configuration has them now.
  std::function<replay::Parameters(const AllSettings&)> configured;
  /// `recorded` with `overrides`, every key filled in; what this build does not know, or computes
  /// otherwise, goes to `warnings`. Throws config::ConfigError for a key or value that is wrong.
  std::function<replay::Parameters(const replay::Parameters& recorded, const Overrides& overrides,
                                   std::vector<std::string>& warnings)>
      complete;
  /// The stage, reading from `input`. Parameters as `complete` gives them.
  std::function<std::unique_ptr<bus::Stage>(const replay::Parameters&, const std::string& input)>
      make;
};

/// aggregator and analyzer.
[[nodiscard]] const std::vector<ReplayedStage>& replayed_stages();

}  // namespace depthwire::cli
