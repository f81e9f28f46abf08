// What single signals say of known markets, through the whole stage.
#include "services/analyzer/core/engine/analyzer_stage.hpp"
#include "services/analyzer/core/testing/generated_log.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace depthwire::analyzer {
namespace {

std::vector<Output> said_of(const testing::Log& log) {
  AnalyzerStage stage;
  std::vector<Output> outputs = testing::run(stage, log);
  for (Output& output : outputs) output.symbol = "X";  // the stage's own text ends here
  return outputs;
}

TEST(StageSignals, TheCostOfMillionsIsToldAsFarAsTheBookIsSeen) {
  constexpr Ns start = 1'767'596'400 * ns_per_second;
  constexpr std::int64_t million = 100'000'000;  // cents
  const auto quote = [](market::QuoteId id, market::Side side, std::int64_t points,
                        std::int64_t cents) {
    return market::Quote{id, side, market::Price{points}, market::Size{cents}};
  };
  const market::Spot spot{.bid = market::Price{110'000}, .ask = market::Price{110'010}};
  testing::Log log = {
      {start, "EURUSD",
       market::DepthUpdate{.kind = market::DepthKind::reset,
                           .added = {quote(1, market::Side::bid, 110'000, 2 * million),
                                     quote(2, market::Side::ask, 110'010, million / 2),
                                     quote(3, market::Side::ask, 110'020, million)}}}};
  for (int second = 1; second < 5; ++second) {
    log.push_back({start + second * ns_per_second, "EURUSD", spot});
  }

  std::map<std::string_view, double> costs;
  for (const Output& output : said_of(log)) {
    const auto* signal = std::get_if<Signal>(&output.value);
    if (signal != nullptr && signal->value) costs[signal->signal] = *signal->value;
  }

  EXPECT_NEAR(costs.at("COST_BUY_0.1M"), 5, 1e-9);
  EXPECT_NEAR(costs.at("COST_BUY_0.5M"), 5, 1e-9);
  EXPECT_NEAR(costs.at("COST_BUY_1M"), 10, 1e-9);  // half at 110010, half at 110020
  EXPECT_FALSE(costs.contains("COST_BUY_5M")) << "beyond what is visible";
  EXPECT_NEAR(costs.at("COST_SELL_1M"), 5, 1e-9);
  EXPECT_FALSE(costs.contains("COST_SELL_5M"));
}

TEST(StageSignals, ASteadyRiseIsATrendOfTheMinutesAndOfTheQuartersLater) {
  constexpr Ns start = 1'767'600'000 * ns_per_second;
  constexpr Ns minute = 60 * ns_per_second;
  testing::Log log;
  for (int i = 0; i < 61 * 15; ++i) {
    const std::int64_t open = 110'000 + 10 * i;
    log.push_back(
        {start + (i + 1) * minute, "EURUSD",
         BarUpdate{start + i * minute, {open, open + 12, open - 2, open + 10, 50}, true}});
  }

  std::map<Ns, RegimeState> last;
  std::map<Ns, int> bars_until_trend;
  for (const Output& output : said_of(log)) {
    const auto* regime = std::get_if<RegimeState>(&output.value);
    if (regime == nullptr) continue;
    last[regime->timeframe] = *regime;
    if (regime->trend == "unknown") ++bars_until_trend[regime->timeframe];
  }

  EXPECT_EQ(last.at(minute).trend, "trend_up");
  EXPECT_NEAR(*last.at(minute).efficiency_ratio, 1, 1e-12);
  EXPECT_GT(*last.at(minute).adx, 99);
  EXPECT_GT(*last.at(minute).hurst, 0.9) << "each move is followed by its like";
  EXPECT_EQ(last.at(minute).label, "unknown") << "no spots: no volatility";
  EXPECT_EQ(bars_until_trend.at(minute), 60);
  EXPECT_EQ(last.at(15 * minute).trend, "trend_up");
  EXPECT_EQ(bars_until_trend.at(15 * minute), 60);
  EXPECT_EQ(last.at(60 * minute).trend, "unknown") << "fifteen bars";
}

TEST(StageSignals, SymbolsAreComparedEveryFiveSeconds) {
  testing::Log both = testing::generate_log("EURUSD", 6, 600);
  for (testing::LogRecord& record : testing::generate_log("GBPUSD", 7, 600)) both.push_back(record);
  std::stable_sort(
      both.begin(), both.end(),
      [](const testing::LogRecord& a, const testing::LogRecord& b) { return a.t < b.t; });
  AnalyzerStage stage;

  std::vector<CorrelationMatrix> matrices;
  for (const Output& output : testing::run(stage, both)) {
    if (const auto* matrix = std::get_if<CorrelationMatrix>(&output.value)) {
      EXPECT_EQ(output.symbol, "") << "it is of no symbol";
      matrices.push_back(*matrix);
    }
  }

  ASSERT_GT(matrices.size(), 10U);
  for (std::size_t i = 1; i < matrices.size(); ++i) {
    EXPECT_EQ(matrices[i].t - matrices[i - 1].t, 5 * ns_per_second);
  }
  const auto& last = matrices.back();
  EXPECT_EQ(last.symbols, (std::vector<std::string_view>{"EURUSD", "GBPUSD"}));
  ASSERT_EQ(last.pairs.size(), 1U);
  EXPECT_GE(last.pairs[0].n, 100U);
  EXPECT_LT(std::abs(*last.pairs[0].by_ticks), 0.5) << "they were made apart";
  EXPECT_LT(last.inputs.from_offset, last.inputs.to_offset);
}

}  // namespace
}  // namespace depthwire::analyzer
