#pragma once

#include "simulator/market/board.hpp"
#include "simulator/server/tally.hpp"

#include <filesystem>
#include <string>

namespace depthwire::simulator {

/// The tallies as a JSON object by symbol name.
[[nodiscard]] std::string report_json(const Board& board, const Tally& tally);

/// Writes them to `path`, whole or not at all. Throws std::system_error.
void write_report(const std::filesystem::path& path, const Board& board, const Tally& tally);

}  // namespace depthwire::simulator
