#include "common/bus/skips.hpp"

#include "common/journal/file.hpp"
#include "common/service/exit_error.hpp"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>

namespace depthwire::bus {
namespace {

// One line each: `EPOCH:OFFSET reason`.
constexpr auto file_name = "skips";

std::optional<std::pair<journal::Position, std::string>> parse(const std::string& line) {
  const char* const end = line.data() + line.size();
  journal::Position position;
  const auto epoch = std::from_chars(line.data(), end, position.epoch);
  if (epoch.ec != std::errc{} || epoch.ptr == end || *epoch.ptr != ':') return std::nullopt;
  const auto offset = std::from_chars(epoch.ptr + 1, end, position.offset);
  if (offset.ec != std::errc{} || offset.ptr == end || *offset.ptr != ' ') return std::nullopt;
  return std::pair(position, std::string(offset.ptr + 1, end));
}

}  // namespace

Skips read_skips(const std::filesystem::path& journal) {
  Skips skips;
  std::ifstream in(journal / file_name);
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    auto skip = parse(line);
    if (!skip) {
      throw service::ExitError(service::exit_code::corrupt,
                               (journal / file_name).string() + ", line " + std::to_string(number) +
                                   ": expected `EPOCH:OFFSET reason`, as `depthwire skip` writes "
                                   "it; mend or remove the line");
    }
    skips.insert(std::move(*skip));
  }
  return skips;
}

void add_skip(const std::filesystem::path& journal, journal::Position position,
              const std::string& reason) {
  auto skips = read_skips(journal);
  auto line = reason;
  std::replace(line.begin(), line.end(), '\n', ' ');
  skips[position] = line;
  std::string text;
  for (const auto& [at, why] : skips) text += journal::to_string(at) + " " + why + "\n";
  const auto temporary = journal / (std::string(file_name) + ".new");
  {
    const journal::File file(temporary, O_WRONLY | O_CREAT | O_TRUNC);
    file.write_at(text, 0);
    file.sync_data();
  }
  std::filesystem::rename(temporary, journal / file_name);
  journal::sync_directory(journal);
}

std::uint64_t skips_until(const Skips& skips, journal::Position position) {
  return static_cast<std::uint64_t>(std::distance(skips.begin(), skips.upper_bound(position)));
}

}  // namespace depthwire::bus
