#include "services/analyzer/core/measured/volatility.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace depthwire::analyzer {
namespace {

using testing::tolerance;

Ns slot(int i) { return (1'000 + i) * Volatility::step_ns; }

TEST(Volatility, KnownAnswersOfThreeReturns) {
  const std::vector<std::optional<double>> returns = {1.0, -2.0, 2.0};

  const auto rv = realised_volatility(returns);

  EXPECT_NEAR(rv.variance, 9.0, tolerance);  // 1 + 4 + 4
  EXPECT_NEAR(rv.volatility, 3.0, tolerance);
  EXPECT_NEAR(rv.bipower, 9.424778, tolerance);  // pi / 2 x (2 + 4)
  EXPECT_NEAR(rv.jump_share, 0.0, tolerance);
}

TEST(Volatility, ScalesWithTheRootOfTime) {
  EXPECT_NEAR(scaled_sigma(9.0, 10, 40), 1.5, tolerance);
}

TEST(Volatility, SamplesTheMidInBasisPoints) {
  Volatility volatility;
  std::int64_t mid = 2'000'000;
  for (int i = 0; i <= 60; ++i) {
    volatility.sample(slot(i), mid);
    mid = i % 2 == 0 ? 2'000'200 : 2'000'000;  // about 1 bp up and down
  }

  const auto value = volatility.over(Volatility::short_span);

  ASSERT_TRUE(value);
  EXPECT_EQ(value->n, 60U);
  EXPECT_NEAR(value->coverage, 1.0, tolerance);
  EXPECT_NEAR(value->rv.variance, 60.0, 0.01);
}

TEST(Volatility, DropsTheReturnAcrossAGap) {
  Volatility volatility;
  for (int i = 0; i < 40; ++i) volatility.sample(slot(i), 2'000'000);

  volatility.gap();
  volatility.sample(slot(40), 3'000'000);

  const auto value = volatility.over(Volatility::short_span);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->rv.variance, 0.0);
  EXPECT_EQ(value->n, 39U);
}

TEST(Volatility, SlotsThatWereLeftOutHaveNoReturn) {
  Volatility volatility;
  for (int i = 0; i < 60; ++i) volatility.sample(slot(i), 2'000'000);

  volatility.sample(slot(79), 3'000'000);

  const auto value = volatility.over(Volatility::short_span);
  ASSERT_TRUE(value);
  EXPECT_EQ(value->rv.variance, 0.0);
  EXPECT_EQ(value->n, 40U);
}

TEST(Volatility, IsNullUntilHalfItsWindowIsCovered) {
  Volatility volatility;
  for (int i = 0; i < 30; ++i) volatility.sample(slot(i), 2'000'000);

  EXPECT_FALSE(volatility.over(Volatility::short_span));
  volatility.sample(slot(30), 2'000'000);
  EXPECT_TRUE(volatility.over(Volatility::short_span));
  EXPECT_FALSE(volatility.over(Volatility::long_span));
}

}  // namespace
}  // namespace depthwire::analyzer
