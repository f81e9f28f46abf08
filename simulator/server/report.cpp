#include "simulator/server/report.hpp"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace depthwire::simulator {

std::string report_json(const Board& board, const Tally& tally) {
  auto report = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < board.size(); ++i) {
    const SymbolTally& t = tally[i];
    report[board.at(i).info().name] = {{"depth_events", t.depth_events},
                                       {"spots", t.spots},
                                       {"whole_books", t.whole_books},
                                       {"technical_spots", t.technical_spots},
                                       {"market_depth_events", t.market_depth_events},
                                       {"market_spots", t.market_spots}};
  }
  return report.dump();
}

void write_report(const std::filesystem::path& path, const Board& board, const Tally& tally) {
  const std::filesystem::path beside = path.string() + ".new";
  {
    std::ofstream file(beside, std::ios::binary | std::ios::trunc);
    file << report_json(board, tally) << '\n';
    file.flush();
    if (!file) {
      throw std::system_error(errno, std::generic_category(), "cannot write " + beside.string());
    }
  }
  std::filesystem::rename(beside, path);
}

}  // namespace depthwire::simulator
