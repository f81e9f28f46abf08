#pragma once

#include "common/config/schema.hpp"

#include <string>
#include <vector>

namespace depthwire::simulator {

/// Lets every setting of the simulator be given as an option of its own name: `--speed max` and
/// `--speed=max` become `--set simulator.speed=max`, `--wait-for 4` that of wait_for, a switch
/// without a value (`--loop`) is on. Everything else is left as it is.
[[nodiscard]] std::vector<std::string> with_short_options(const std::vector<std::string>& arguments,
                                                          const config::Schema& schema);

}  // namespace depthwire::simulator
