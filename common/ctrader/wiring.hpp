#pragma once

#include "common/ctrader/client.hpp"
#include "common/ctrader/config.hpp"

#include <string>

namespace depthwire::ctrader {

/// The client of the process `name`: the endpoint of the environment, and in `sim` the simulator's
/// own account where none is given.
[[nodiscard]] ClientOptions client_options(const Config& config, config::Environment environment,
                                           const std::string& name);

}  // namespace depthwire::ctrader
