#include "services/analyzer/core/measured/price_impact.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

namespace depthwire::analyzer {
namespace {

using testing::tolerance;
using Points = std::vector<std::array<double, 2>>;

TEST(PriceImpact, KnownAnswers) {
  const auto exact = fit_line(Points{{1, .5}, {2, 1}, {-1, -.5}, {-2, -1}});
  ASSERT_TRUE(exact);
  EXPECT_NEAR(exact->slope, 0.5, tolerance);
  EXPECT_NEAR(exact->r_squared, 1.0, tolerance);

  const auto noisy = fit_line(Points{{1, 1}, {2, 1}, {-1, 0}, {-2, -2}});
  ASSERT_TRUE(noisy);
  EXPECT_NEAR(noisy->slope, 0.7, tolerance);
  EXPECT_NEAR(noisy->r_squared, 0.816667, tolerance);
  // Residuals .3 -.4 .7 -.6 around 0: variance 1.1 / 2, over the sum of squares 10.
  EXPECT_NEAR(*noisy->t, 0.7 / std::sqrt(0.055), tolerance);
}

TEST(PriceImpact, AFlowThatDoesNotVaryTellsNothing) {
  EXPECT_FALSE(fit_line(Points{{1, 1}, {1, 2}, {1, 3}}));
  EXPECT_FALSE(fit_line(Points{{1, 1}}));
  const auto still = fit_line(Points{{1, 4}, {2, 4}, {3, 4}});
  ASSERT_TRUE(still);
  EXPECT_EQ(still->slope, 0);
  EXPECT_EQ(still->r_squared, 0);
}

TEST(PriceImpact, RestsOnTheLastHalfHourAndAtLeastSixtyWindows) {
  PriceImpact impact;
  for (int i = 0; i < 59; ++i) impact.add(i % 7, 3.0 * (i % 7));
  EXPECT_FALSE(impact.fit());
  impact.add(1, 3);
  EXPECT_NEAR(impact.fit()->slope, 3, tolerance);

  for (int i = 0; i < 180; ++i) impact.add(i % 5, -2.0 * (i % 5));

  EXPECT_NEAR(impact.fit()->slope, -2, tolerance) << "what is older has left";
  EXPECT_EQ(impact.n(), 180U);
}

}  // namespace
}  // namespace depthwire::analyzer
