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

/// What a generated market can be told to do at a known time.
enum class Pattern : std::uint8_t {
  iceberg,   ///< a price at the touch goes and comes back six times within 16 s
  sweep,     ///< three levels go at once, and the price goes on behind them
  pull,      ///< three levels of both sides go at once
  spoof,     ///< three times, every 5 s, a large quote goes as the mid comes nearer
  layering,  ///< four levels come together and go together a second later
};
struct Planted {
  Ns after = 0;  ///< the beginning of the log
  Pattern pattern = Pattern::iceberg;
  market::Side side = market::Side::bid;
};
using Plan = std::vector<Planted>;

/// All patterns on both sides in turn, one `every` so long from `from` on, as fit into `seconds`.
Plan plan_of_all(std::int64_t seconds, Ns from, Ns every);

/// A seeded market of one symbol: levels come and go, the touch is taken and filled again, the mid
/// walks, spots follow, minute bars close. Sizes are multiples of 100 cents. Between events lie up
/// to 200 ms times `calm`. On top of that it does what is in `plan`, in order of time; the mid does
/// not walk meanwhile.
Log generate_log(const std::string& symbol, std::uint32_t seed, std::int64_t seconds,
                 const Plan& plan = {}, int calm = 1);

/// So calm, half of the quotes live for longer than a second.
inline constexpr int very_calm = 4;

/// `log` with its sides swapped and its prices reflected: p becomes `about` - p.
Log mirrored(Log log, std::int64_t about);

/// Steps `log` as one epoch; offsets are positions in it, from 1.
std::vector<Output> run(AnalyzerStage& stage, const Log& log, std::uint64_t first_offset = 1);

}  // namespace depthwire::analyzer::testing
