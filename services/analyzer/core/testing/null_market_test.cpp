// A driftless, symmetric market has nothing to tell: signals must not lean to a side.
#include "services/analyzer/core/engine/analyzer_stage.hpp"
#include "services/analyzer/core/testing/generated_log.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>

namespace depthwire::analyzer {
namespace {

struct Pace {
  const char* name;
  int calm;
  std::int64_t seconds;  // about a million events
};

class NullMarket : public ::testing::TestWithParam<Pace> {};

TEST_P(NullMarket, SignalsLeanToNeitherSideAndOutputsStayBounded) {
  const auto [pace, calm, seconds] = GetParam();
  const auto log = testing::generate_log("EURUSD", 99, seconds, {}, calm);
  AnalyzerStage stage;
  std::map<std::string_view, std::array<double, 3>> opened;
  std::size_t outputs = 0;

  for (const Output& output : testing::run(stage, log)) {
    ++outputs;
    const auto* signal = std::get_if<Signal>(&output.value);
    if (signal == nullptr || (signal->state != "open" && signal->state != "wide")) continue;
    opened[signal->signal][signal->direction < 0 ? 0 : signal->direction > 0 ? 2 : 1] += 1;
  }

  EXPECT_GT(log.size(), 900'000U);
  for (const auto& [name, counts] : opened) {
    const double bear = counts[0];
    const double bull = counts[2];
    const double hours = static_cast<double>(seconds) / 3'600;
    RecordProperty(std::string(name), std::to_string((bear + counts[1] + bull) / hours));
    std::printf("%s: %-20s %.2f an hour\n", pace, std::string(name).c_str(),
                (bear + counts[1] + bull) / hours);
    // Where little happens one lopsided book makes it open dozens of times: they are not
    // independent of each other, and which side they lean to differs from seed to seed.
    const bool clustered = calm != 1 && name == "LIQUIDITY_IMBALANCE";
    if (bull + bear == 0 || clustered) continue;
    EXPECT_LE(std::abs(bull - bear) / (bull + bear), 3 / std::sqrt(bull + bear)) << name;
  }
  EXPECT_LE(outputs, 30 * static_cast<std::size_t>(seconds) + 2 * log.size());
}

INSTANTIATE_TEST_SUITE_P(AtPace, NullMarket,
                         ::testing::Values(Pace{"Usual", 1, 100'000},
                                           Pace{"VeryCalm", testing::very_calm, 400'000}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace depthwire::analyzer
