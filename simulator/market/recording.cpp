#include "simulator/market/recording.hpp"

#include "simulator/market/line_reader.hpp"
#include "simulator/market/recorded_sources.hpp"
#include "simulator/market/rows.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string_view>
#include <tuple>

namespace depthwire::simulator {

namespace fs = std::filesystem;

namespace {

std::string stem_of(const fs::path& file) {
  std::string name = file.filename().string();
  for (const std::string_view ending : {".zst", ".csv"}) {
    if (name.ends_with(ending)) name.resize(name.size() - ending.size());
  }
  return name;
}

bool is_recording(const fs::path& file) {
  const std::string name = file.filename().string();
  if (!name.ends_with(".csv") && !name.ends_with(".csv.zst")) return false;
  LineReader reader(file);
  std::string_view header;
  if (!reader.next(header)) return false;
  return header == L2Row::header || header == L3Row::header || header == TickRow::header ||
         header == SampleRow::header;
}

std::vector<fs::path> files_at(const fs::path& path) {
  std::vector<fs::path> files;
  if (!fs::is_directory(path)) {
    if (!is_recording(path)) {
      throw CorruptRecording(path, 1, "a .csv or .csv.zst file with the header of a known kind");
    }
    files.push_back(path);
    return files;
  }
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file() && is_recording(entry.path())) files.push_back(entry.path());
  }
  return files;
}

}  // namespace

std::vector<RecordedFile> name_symbols(std::vector<fs::path> files) {
  std::ranges::sort(files, {}, [](const fs::path& file) {
    return std::pair(file.filename().string(), file.string());
  });
  std::vector<RecordedFile> named;
  std::set<std::string> taken;
  for (const fs::path& file : files) {
    const std::string stem = stem_of(file);
    const auto first = stem.find('.');
    const auto second = first == std::string::npos ? first : stem.find('.', first + 1);
    std::string symbol = stem.substr(0, first);
    if (taken.contains(symbol)) symbol = stem.substr(0, second);
    if (taken.contains(symbol)) symbol = stem;
    for (int copy = 2; taken.contains(symbol); ++copy) symbol = stem + "." + std::to_string(copy);
    taken.insert(symbol);
    named.push_back({file, symbol});
  }
  return named;
}

std::vector<std::unique_ptr<SymbolSource>> open_recordings(const fs::path& path,
                                                           std::span<const std::string> only) {
  std::vector<std::unique_ptr<SymbolSource>> sources;
  for (const auto& [file, symbol] : name_symbols(files_at(path))) {
    if (!only.empty() && std::ranges::find(only, symbol) == only.end()) continue;
    if (auto source = open_recording(file, symbol)) sources.push_back(std::move(source));
  }
  if (sources.empty()) throw std::runtime_error("nothing to replay in " + path.string());
  return sources;
}

}  // namespace depthwire::simulator
