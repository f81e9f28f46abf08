#pragma once

#include "services/analyzer/core/base/signal_info.hpp"

#include <vector>

namespace depthwire::analyzer {

/// All that the analyzer publishes, in the order of the specification.
[[nodiscard]] std::vector<SignalInfo> signal_catalogue();

}  // namespace depthwire::analyzer
