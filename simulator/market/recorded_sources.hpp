#pragma once

#include "simulator/market/event.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace depthwire::simulator {

/// Opens one recorded file as a source of events for the symbol `name`, whatever of the four kinds
/// it is, and reads it through once: for the decimals of its sizes, and so that a bad line is known
/// before anything is served. Null when the header is of no known kind or there is no row.
/// Throws CorruptRecording, std::system_error.
///
/// Prices are sent times 10^5, sizes times 10^d with d the largest number of decimals of a size in
/// the file, at least 2. Rows that arrived together are one event; an event that changes nothing
/// is none.
[[nodiscard]] std::unique_ptr<SymbolSource> open_recording(const std::filesystem::path& file,
                                                           const std::string& name);

}  // namespace depthwire::simulator
