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

TEST(NullMarket, SignalsLeanToNeitherSideAndOutputsStayBounded) {
  constexpr std::int64_t seconds = 100'000;  // about a million events
  const auto log = testing::generate_log("EURUSD", 99, seconds);
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
    std::printf("%-20s %.2f an hour\n", std::string(name).c_str(),
                (bear + counts[1] + bull) / hours);
    if (bull + bear == 0) continue;
    EXPECT_LE(std::abs(bull - bear) / (bull + bear), 3 / std::sqrt(bull + bear)) << name;
  }
  EXPECT_LE(outputs, 11 * seconds + 2 * log.size());
}

}  // namespace
}  // namespace depthwire::analyzer
