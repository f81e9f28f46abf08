#include "services/analyzer/core/measured/correlation.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace depthwire::analyzer {
namespace {

using testing::tolerance;
using ValuePath = std::vector<TimedValue>;

const ValuePath steps_of_x = {{0, 0}, {2, 1}, {4, 3}};

TEST(HayashiYoshida, KnownAnswers) {
  const auto apart = hayashi_yoshida(steps_of_x, ValuePath{{1, 0}, {3, 1}, {4, 0}});
  ASSERT_TRUE(apart);
  EXPECT_NEAR(apart->covariance, 1, tolerance);
  EXPECT_NEAR(apart->correlation, 0.316228, tolerance);  // 1 / sqrt(10)
  EXPECT_FALSE(apart->clamped);

  const auto together = hayashi_yoshida(steps_of_x, ValuePath{{1, 0}, {3, 2}, {4, 3}});
  ASSERT_TRUE(together);
  EXPECT_NEAR(together->covariance, 8, tolerance);
  EXPECT_NEAR(together->raw, 1.6, tolerance);
  EXPECT_EQ(together->correlation, 1);
  EXPECT_TRUE(together->clamped);
}

TEST(HayashiYoshida, IntervalsThatOnlyTouchDoNotOverlap) {
  EXPECT_NEAR(hayashi_yoshida(steps_of_x, ValuePath{{4, 0}, {6, 5}})->covariance, 0, tolerance);
  EXPECT_NEAR(hayashi_yoshida(ValuePath{{4, 0}, {6, 5}}, steps_of_x)->covariance, 0, tolerance);
}

TEST(HayashiYoshida, APriceThatDoesNotMoveHasNone) {
  EXPECT_FALSE(hayashi_yoshida(steps_of_x, ValuePath{{1, 5}, {3, 5}}));
  EXPECT_FALSE(hayashi_yoshida(steps_of_x, ValuePath{{1, 5}}));
  EXPECT_FALSE(hayashi_yoshida({}, steps_of_x));
}

/// The definition, every pair of intervals.
double by_definition(const ValuePath& a, const ValuePath& b) {
  double sum = 0;
  for (std::size_t i = 1; i < a.size(); ++i) {
    for (std::size_t j = 1; j < b.size(); ++j) {
      const bool overlap = std::max(a[i - 1].t, b[j - 1].t) < std::min(a[i].t, b[j].t);
      if (overlap) sum += (a[i].value - a[i - 1].value) * (b[j].value - b[j - 1].value);
    }
  }
  return sum;
}

TEST(HayashiYoshida, IsTheSumOverAllPairsThatOverlapWhicheverComesFirst) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    ValuePath paths[2];
    for (ValuePath& path : paths) {
      Ns t = static_cast<Ns>(random() % 50);
      for (std::size_t i = 2 + random() % 30; i > 0; --i) {
        path.push_back({t, static_cast<double>(random() % 7)});
        t += 1 + static_cast<Ns>(random() % 9);
      }
    }
    const auto swept = hayashi_yoshida(paths[0], paths[1]);
    if (!swept) continue;
    ASSERT_NEAR(swept->covariance, by_definition(paths[0], paths[1]), 1e-9) << round;
    ASSERT_NEAR(hayashi_yoshida(paths[1], paths[0])->covariance, swept->covariance, 1e-9) << round;
  }
}

TEST(Correlation, OfEqualSteps) {
  const std::vector<double> a = {1, 2, 3, 4};
  EXPECT_NEAR(*correlation(a, std::vector<double>{2, 4, 6, 8}), 1, tolerance);
  EXPECT_NEAR(*correlation(a, std::vector<double>{4, 3, 2, 1}), -1, tolerance);
  EXPECT_NEAR(*correlation(a, std::vector<double>{1, -1, -1, 1}), 0, tolerance);
  EXPECT_FALSE(correlation(a, std::vector<double>{1, 1, 1, 1}));
}

TEST(FisherZ, KnownAnswer) {
  EXPECT_NEAR(fisher_z(.8, 60, .3, 60), 4.212602, tolerance);
  EXPECT_NEAR(fisher_z(.3, 60, .8, 60), -4.212602, tolerance);
  EXPECT_TRUE(std::isfinite(fisher_z(1, 60, -1, 60)));
}

TEST(Semidefinite, ClipsWhatNoThreePricesCanDo) {
  // x moves with y, y with z, x against z: the eigenvalues are 1.9, 1.9 and -0.8.
  std::vector<double> matrix = {1, .9, -.9, .9, 1, .9, -.9, .9, 1};

  EXPECT_TRUE(make_semidefinite(matrix, 3));

  // What is left lies in a plane: three directions of 60 degrees.
  for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(matrix[4 * i], 1, tolerance);
  EXPECT_NEAR(matrix[1], 0.5, tolerance);
  EXPECT_NEAR(matrix[2], -0.5, tolerance);
  EXPECT_NEAR(matrix[5], 0.5, tolerance);
}

TEST(Semidefinite, LeavesAsItIsWhatIsSo) {
  const std::vector<double> good = {1, .5, .5, 1};
  std::vector<double> matrix = good;
  EXPECT_FALSE(make_semidefinite(matrix, 2));
  EXPECT_EQ(matrix, good);
  EXPECT_FALSE(make_semidefinite({}, 0));
}

}  // namespace
}  // namespace depthwire::analyzer
