#include "services/analyzer/core/measured/correlations.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace depthwire::analyzer {
namespace {

constexpr Ns gap = 300 * ns_per_second;
constexpr Ns second = ns_per_second;

/// Mids of which each moves with the first by `share`, at times of its own.
class CorrelationsTest : public ::testing::Test {
 protected:
  void walk(int seconds, double share) {
    for (int i = 0; i < seconds; ++i) {
      const int common = static_cast<int>(random_() % 21) - 10;
      const int own = static_cast<int>(random_() % 21) - 10;
      now_ += second;
      x_ += common;
      y_ += static_cast<std::int64_t>(std::lround(share * common + (1 - std::abs(share)) * own));
      correlations.spot("EURUSD", now_, x_, gap);
      correlations.spot("GBPUSD", now_ + static_cast<Ns>(random_() % 900'000'000), y_, gap);
    }
  }
  [[nodiscard]] std::optional<CorrelationPair> pair() const {
    const auto matrix = correlations.matrix(now_ + second);
    return matrix ? std::optional(matrix->pairs.at(0)) : std::nullopt;
  }

  Correlations correlations;
  std::int64_t x_ = 220'000;
  std::int64_t y_ = 250'000;
  Ns now_ = 1'767'600'000 * second;

 private:
  std::mt19937 random_{3};
};

TEST_F(CorrelationsTest, TwoPricesThatMoveTogetherAreSeenToDoSo) {
  walk(600, 1);
  ASSERT_TRUE(pair());
  EXPECT_GT(*pair()->by_ticks, 0.95);
  EXPECT_GE(pair()->n, 500U);
  EXPECT_FALSE(pair()->by_bars);
}

TEST_F(CorrelationsTest, TwoThatDoNotHaveNearlyNone) {
  walk(850, 0);
  EXPECT_LT(std::abs(*pair()->by_ticks), 0.2);
}

TEST_F(CorrelationsTest, AnOppositeMoveIsNegative) {
  walk(600, -1);
  EXPECT_LT(*pair()->by_ticks, -0.95);
}

TEST_F(CorrelationsTest, NeedsAHundredChangesOfEither) {
  walk(90, 1);
  EXPECT_FALSE(pair());
}

TEST_F(CorrelationsTest, OldTicksLeave) {
  walk(600, 1);
  walk(1'000, -1);
  EXPECT_LT(*pair()->by_ticks, -0.95);
}

TEST_F(CorrelationsTest, NothingSpansASilence) {
  walk(600, 1);
  now_ += gap;
  walk(50, 1);
  EXPECT_FALSE(pair());
}

TEST_F(CorrelationsTest, BarsAreComparedMinuteByMinute) {
  constexpr Ns minute = 60 * second;
  for (int i = 0; i < 60; ++i) {
    const int move = (i * 7) % 13;
    correlations.bar("EURUSD", now_ + i * minute, 110'000 + move);
    correlations.bar("GBPUSD", now_ + i * minute, 130'000 - move);
  }
  ASSERT_TRUE(pair());
  EXPECT_FALSE(pair()->by_ticks);
  EXPECT_EQ(pair()->bars, 59U);
  EXPECT_LT(*pair()->by_bars, -0.99);
}

TEST_F(CorrelationsTest, ThreePricesMakeAMatrixThatPricesCanHave) {
  std::mt19937 random(5);
  std::int64_t mids[3] = {220'000, 250'000, 180'000};
  for (int i = 0; i < 400; ++i) {
    now_ += second;
    for (std::size_t k = 0; k < 3; ++k) {
      mids[k] += static_cast<std::int64_t>(random() % 21) - 10;
      correlations.spot(std::string(1, static_cast<char>('A' + k)), now_ + static_cast<Ns>(k),
                        mids[k], gap);
    }
  }
  const auto matrix = correlations.matrix(now_ + second);
  ASSERT_TRUE(matrix);
  EXPECT_EQ(matrix->symbols, (std::vector<std::string_view>{"A", "B", "C"}));
  ASSERT_EQ(matrix->pairs.size(), 3U);
  std::vector<double> whole = {
      1, *matrix->pairs[0].by_ticks, *matrix->pairs[1].by_ticks, *matrix->pairs[0].by_ticks,
      1, *matrix->pairs[2].by_ticks, *matrix->pairs[1].by_ticks, *matrix->pairs[2].by_ticks,
      1};
  EXPECT_FALSE(make_semidefinite(whole, 3));
}

}  // namespace
}  // namespace depthwire::analyzer
