#pragma once

#include "simulator/market/event.hpp"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace depthwire::simulator {

/// A recorded file and the symbol it is served as.
struct RecordedFile {
  std::filesystem::path path;
  std::string symbol;
};

/// Names the symbols of `files`: each is called as its file up to the first dot. Where several are
/// called alike, the first by file name keeps the name and the others add what follows the dot:
/// EURUSD.dukascopy-20190204.csv is EURUSD, EURUSD.fxcm.csv.zst is then EURUSD.fxcm; if that is
/// taken too, the whole rest of the file name is added. In order of file names.
[[nodiscard]] std::vector<RecordedFile> name_symbols(std::vector<std::filesystem::path> files);

/// The recording at `path`: one file, or every file below a directory that ends in .csv or .csv.zst
/// and begins with a known header; others are passed over. `only` keeps the symbols of that name,
/// empty keeps all.
/// Throws CorruptRecording at the first bad line, std::system_error when a file cannot be read, and
/// std::runtime_error when nothing is left to replay.
[[nodiscard]] std::vector<std::unique_ptr<SymbolSource>> open_recordings(
    const std::filesystem::path& path, std::span<const std::string> only);

}  // namespace depthwire::simulator
