#pragma once

#include "cli/place.hpp"
#include "cli/settings.hpp"

#include <nlohmann/json.hpp>

namespace depthwire::cli {

/// Every process of the installation, as `depthwire status --json` tells it: process, state, pid,
/// uptime_s, head, lag, events_per_s, ready, last_error, info, restarts. Takes a second where
/// something runs, to see what flows.
[[nodiscard]] nlohmann::json process_rows(const Place& place, const AllSettings& settings);

}  // namespace depthwire::cli
