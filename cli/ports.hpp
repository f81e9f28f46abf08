#pragma once

#include "cli/living.hpp"
#include "cli/settings.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace depthwire::cli {

/// An address on this machine that one of our processes will listen at.
struct Port {
  std::string key;      ///< where it is configured: auditor.health
  std::string process;  ///< who needs it
  std::string host;
  std::uint16_t port = 0;
};

/// What `processes` (services, postgres) listen at as configured; without ports that the system
/// chooses.
[[nodiscard]] std::vector<Port> needed_ports(const AllSettings& settings,
                                             const std::vector<std::string>& processes);

/// One line per port that cannot be had, with its key, address and holder; none when all can. What
/// the same process of `living` holds already is fine.
[[nodiscard]] std::vector<std::string> port_problems(const std::vector<Port>& ports,
                                                     const std::vector<Living>& living);

}  // namespace depthwire::cli
