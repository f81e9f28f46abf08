#pragma once

#include "simulator/market/market.hpp"
#include "simulator/options.hpp"
#include "simulator/server/server.hpp"

namespace depthwire::simulator {

/// The market that `options` ask for. Throws service::ExitError on what cannot be.
[[nodiscard]] Market make_market(const Options& options);

/// The server's settings. Throws service::ExitError on what cannot be.
[[nodiscard]] ServerSettings make_settings(const Options& options);

}  // namespace depthwire::simulator
