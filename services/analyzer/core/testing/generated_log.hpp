#pragma once

#include "services/analyzer/core/engine/analyzer_stage.hpp"

#include <cstdint>
#include <random>
#include <string>
#include <variant>
#include <vector>

namespace depthwire::analyzer::testing {

/// One record of a log made for a test.
struct LogRecord {
  Ns t = 0;
  std::string symbol;
  std::variant<TimeOnly, SourceLost, market::Spot, market::DepthUpdate, BarUpdate, SymbolFacts>
      value;
};
using Log = std::vector<LogRecord>;

/// A seeded market of one symbol: levels come and go, the touch is taken and filled again, the mid
/// walks, spots follow, minute bars close. Sizes are multiples of 100 cents.
Log generate_log(const std::string& symbol, std::uint32_t seed, std::int64_t seconds);

/// Steps `log` as one epoch; offsets are positions in it, from 1.
std::vector<Output> run(AnalyzerStage& stage, const Log& log, std::uint64_t first_offset = 1);

}  // namespace depthwire::analyzer::testing
