#include "services/analyzer/core/inferred/exhaustion.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace depthwire::analyzer {
namespace {

using testing::tolerance;

/// 15 bars of activity 100, then 5 of `recent`; rising, the last bar makes the high.
std::vector<ActivityBar> rising(double recent, std::int64_t ofi) {
  std::vector<ActivityBar> bars;
  for (std::int64_t i = 0; i < 20; ++i) {
    const double activity = i < 15 ? 100.0 : recent;
    bars.push_back({.high = 1'000 + i,
                    .low = 990 + i,
                    .close = 995 + i,
                    .buy_activity = activity,
                    .sell_activity = activity});
  }
  bars.back().ofi = ofi;
  return bars;
}

TEST(Exhaustion, FiresAgainstATrendWhoseFuelDriesUp) {
  const auto fired = exhaustion(rising(60, -3));

  ASSERT_TRUE(fired);
  EXPECT_NEAR(fired->decline, 0.4, tolerance);
  EXPECT_EQ(fired->direction, -1);
  EXPECT_NEAR(fired->strength, 0.666667, tolerance);
}

TEST(Exhaustion, NeedsAMarkedDecline) { EXPECT_FALSE(exhaustion(rising(75, -3))); }

TEST(Exhaustion, NeedsANewExtremeInTheLastBars) {
  auto bars = rising(60, -3);
  bars[3].high = 2'000;

  EXPECT_FALSE(exhaustion(bars));
}

TEST(Exhaustion, NeedsOrderFlowNotToAgreeWithTheTrend) {
  EXPECT_FALSE(exhaustion(rising(60, 3)));
  EXPECT_TRUE(exhaustion(rising(60, 0)));
}

TEST(Exhaustion, MirrorsForAFallingTrend) {
  auto bars = rising(60, 3);
  for (ActivityBar& bar : bars) {
    const std::int64_t high = bar.high;
    bar.high = 4'000 - bar.low;
    bar.low = 4'000 - high;
    bar.close = 4'000 - bar.close;
  }

  EXPECT_EQ(exhaustion(bars)->direction, 1);
}

TEST(Exhaustion, NeedsAllItsBars) {
  const auto bars = rising(60, -3);

  EXPECT_FALSE(exhaustion(std::span(bars).first(19)));
}

}  // namespace
}  // namespace depthwire::analyzer
