#include "services/analyzer/core/measured/regime.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace depthwire::analyzer {
namespace {

using testing::tolerance;
using Values = std::vector<double>;

TEST(EfficiencyRatio, KnownAnswers) {
  EXPECT_NEAR(*efficiency_ratio(Values{10, 11, 12, 11, 13}), 0.6, tolerance);
  EXPECT_NEAR(*efficiency_ratio(Values{10, 11, 10, 11, 10}), 0.0, tolerance);
  EXPECT_NEAR(*efficiency_ratio(Values{10, 10, 10}), 0.0, tolerance);
  EXPECT_FALSE(efficiency_ratio(Values{10}));
}

TEST(VarianceRatio, KnownAnswersAndHurst) {
  EXPECT_NEAR(*variance_ratio(Values{1, 1, -1, -1}, 2), 1.333333, tolerance);
  EXPECT_NEAR(*hurst(Values{1, 1, -1, -1}, 2), 0.707519, tolerance);
  EXPECT_FALSE(variance_ratio(Values{0, 0, 0}, 2)) << "nothing moved";
  EXPECT_FALSE(variance_ratio(Values{1, 1}, 2));
  EXPECT_FALSE(hurst(Values{1, -1, 1, -1}, 2)) << "pairs cancel: no logarithm";
}

TEST(Adx, KnownAnswerOfASteadyRise) {
  Adx adx;
  auto rise_to = [&, bar = 0](int bars) mutable {
    for (; bar < bars; ++bar) adx.step(bar + 1, bar, bar + .5);
  };
  rise_to(14);
  EXPECT_FALSE(adx.value()) << "14 bars are 13 moves";
  rise_to(15);
  ASSERT_TRUE(adx.value());
  EXPECT_NEAR(adx.value()->plus_di, 66.666667, tolerance);  // 1 of a true range of 1.5
  EXPECT_EQ(adx.value()->minus_di, 0);
  rise_to(27);
  EXPECT_FALSE(adx.value()->adx);
  rise_to(28);
  EXPECT_NEAR(*adx.value()->adx, 100, tolerance);
  rise_to(60);
  EXPECT_NEAR(adx.value()->plus_di, 66.666667, tolerance);
  EXPECT_NEAR(*adx.value()->adx, 100, tolerance);
}

TEST(Adx, AMarketThatDoesNotMoveHasNone) {
  Adx adx;
  for (int i = 0; i < 40; ++i) adx.step(5, 5, 5);
  EXPECT_FALSE(adx.value());
}

class RegimeTest : public ::testing::Test {
 protected:
  Regime bars(std::size_t count, const RegimeInput& input) {
    for (std::size_t i = 0; i < count; ++i) machine.step(input);
    return machine.label();
  }
  RegimeMachine machine;
};

TEST_F(RegimeTest, IsUnknownUntilBothAxesAreKnown) {
  EXPECT_EQ(bars(5, {}), Regime::unknown);
  EXPECT_EQ(bars(5, {.er = 0.5, .adx = 30, .direction = 1}), Regime::unknown);
  EXPECT_EQ(bars(5, {.volatility_percentile = 0.5}), Regime::unknown);
}

TEST_F(RegimeTest, ANewLabelHasToHoldThreeBars) {
  const RegimeInput range{.er = 0.1, .adx = 10, .direction = 1, .volatility_percentile = 0.5};
  const RegimeInput up{.er = 0.4, .adx = 26, .direction = 1, .volatility_percentile = 0.5};
  EXPECT_EQ(bars(2, range), Regime::unknown);
  EXPECT_EQ(bars(1, range), Regime::range);
  EXPECT_EQ(bars(1, up), Regime::transition);
  EXPECT_EQ(bars(1, up), Regime::transition);
  EXPECT_EQ(bars(1, up), Regime::trend_up);
  EXPECT_EQ(bars(1, range), Regime::transition);
  EXPECT_EQ(bars(1, up), Regime::trend_up) << "it comes back to what held";
}

TEST_F(RegimeTest, AxesAreLeftLaterThanEntered) {
  const auto at = [](double er, double adx, double p, int direction = 1) {
    return RegimeInput{.er = er, .adx = adx, .direction = direction, .volatility_percentile = p};
  };
  machine.step(at(0.3, 24, 0.85));
  EXPECT_EQ(machine.trend(), Trend::range) << "not entered yet";
  EXPECT_EQ(machine.volatility(), VolatilityLevel::normal);
  machine.step(at(0.35, 25, 0.90));
  EXPECT_EQ(machine.trend(), Trend::up);
  EXPECT_EQ(machine.volatility(), VolatilityLevel::high);
  machine.step(at(0.26, 21, 0.81));
  EXPECT_EQ(machine.trend(), Trend::up) << "stays";
  EXPECT_EQ(machine.volatility(), VolatilityLevel::high);
  machine.step(at(0.26, 21, 0.79, -1));
  EXPECT_EQ(machine.trend(), Trend::range) << "it turned without the strength of a trend";
  EXPECT_EQ(machine.volatility(), VolatilityLevel::normal);
  machine.step(at(0.5, 40, 0.10, -1));
  EXPECT_EQ(machine.trend(), Trend::down);
  EXPECT_EQ(machine.volatility(), VolatilityLevel::quiet);
  machine.step(at(0.24, 40, 0.20, -1));
  EXPECT_EQ(machine.trend(), Trend::range);
  EXPECT_EQ(machine.volatility(), VolatilityLevel::quiet);
  machine.step(at(0.24, 40, 0.21, -1));
  EXPECT_EQ(machine.volatility(), VolatilityLevel::normal);
}

TEST_F(RegimeTest, VolatileGoesBeforeTrendBeforeQuietBeforeRange) {
  EXPECT_EQ(bars(3, {.er = 0.5, .adx = 30, .direction = -1, .volatility_percentile = 0.95}),
            Regime::volatile_market);
  EXPECT_EQ(bars(3, {.er = 0.5, .adx = 30, .direction = -1, .volatility_percentile = 0.05}),
            Regime::trend_down);
  EXPECT_EQ(bars(3, {.er = 0.1, .adx = 30, .direction = -1, .volatility_percentile = 0.05}),
            Regime::quiet);
}

}  // namespace
}  // namespace depthwire::analyzer
