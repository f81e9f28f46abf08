#pragma once

#include "simulator/config.hpp"
#include "simulator/market/market.hpp"
#include "simulator/server/server.hpp"

#include <filesystem>

namespace depthwire::simulator {

/// The market that `config` asks for. Throws service::ExitError on what cannot be.
[[nodiscard]] Market make_market(const Config& config);

/// Where the simulator takes commands: a socket in its state directory.
[[nodiscard]] std::filesystem::path control_path(const Config& config);

/// The server's settings. Throws service::ExitError on what cannot be.
[[nodiscard]] ServerSettings make_settings(const Config& config);

}  // namespace depthwire::simulator
