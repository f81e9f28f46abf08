#include "services/analyzer/core/base/normalisation.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

#include <random>

namespace depthwire::analyzer {
namespace {

using testing::tolerance;

constexpr Ns hour = 3'600 * ns_per_second;

TEST(Normalisation, KnownAnswers) {
  const std::vector<double> baseline = {1, 2, 3, 4, 5};

  // Median 3, MAD 1; mean 3, deviation sqrt(2.5) or sqrt(2).
  EXPECT_NEAR(*z_score(baseline, 8), 3.372454, tolerance);
  EXPECT_NEAR(*z_score(baseline, 8, ZKind::sample), 3.162278, tolerance);
  EXPECT_NEAR(*z_score(baseline, 8, ZKind::population), 3.535534, tolerance);
  // With the value inside its own baseline a threshold of 2 would be missed.
  const std::vector<double> with_itself = {1, 2, 3, 4, 5, 8};
  EXPECT_NEAR(*z_score(with_itself, 8, ZKind::population), 1.838037, tolerance);
}

TEST(Normalisation, IsNullWithoutVariationAndClampedBeyondTen) {
  const std::vector<double> flat = {3, 3, 3};
  const std::vector<double> baseline = {1, 2, 3, 4, 5};

  EXPECT_FALSE(z_score(flat, 4));
  EXPECT_FALSE(z_score(std::vector<double>{}, 4));
  EXPECT_EQ(z_score(baseline, 1e9), 10.0);
  EXPECT_EQ(z_score(baseline, -1e9), -10.0);
}

TEST(Normalisation, ARollingBaselineNeedsSixtySamples) {
  Baseline baseline;
  for (int i = 0; i < 59; ++i) baseline.sample(i * ns_per_second, i);

  EXPECT_FALSE(baseline.z(100));
  baseline.sample(59 * ns_per_second, 59);
  EXPECT_TRUE(baseline.z(100));
  EXPECT_EQ(baseline.n(), 60U);
  EXPECT_NEAR(*baseline.median(), 29.5, tolerance);
}

TEST(Normalisation, ARollingBaselineForgetsAfterAnHourAndAtAGap) {
  Baseline baseline;
  for (int i = 0; i < 100; ++i) baseline.sample(i * ns_per_second, i);
  baseline.sample(hour + 49 * ns_per_second, 7);

  EXPECT_EQ(baseline.n(), 51U);
  baseline.clear_rolling();
  EXPECT_EQ(baseline.n(), 0U);
  EXPECT_FALSE(baseline.z(1));
}

TEST(Normalisation, ASeasonalBinServesOnceItHasFiveDays) {
  Baseline baseline;
  const Ns week = 168 * hour;
  const auto live_through_hour = [&](int day, double level) {
    for (int slot = 0; slot < 30; ++slot) {
      baseline.sample(day * week + slot * (120 * ns_per_second), level + slot % 5);
    }
  };

  for (int day = 0; day < 5; ++day) live_through_hour(day, 100);
  baseline.clear_rolling();
  EXPECT_FALSE(baseline.z(102));  // five days are complete only when the sixth begins
  live_through_hour(5, 500);

  // Median 102, MAD 1: the sixth day, which differs, is not in its own baseline.
  EXPECT_NEAR(*baseline.z(102 + 1.4826), 1.0, tolerance);
  EXPECT_EQ(baseline.n(), 150U);
}

TEST(Normalisation, MedianDistanceEqualsSortingAllDistances) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> values(1 + random() % 40);
    for (double& value : values) value = static_cast<double>(random() % 20);
    std::sort(values.begin(), values.end());
    const double median = median_of<double>(values);
    std::vector<double> distances;
    distances.reserve(values.size());
    for (const double value : values) distances.push_back(std::abs(value - median));
    std::sort(distances.begin(), distances.end());

    ASSERT_EQ(median_distance<double>(values, median), median_of<double>(distances));
  }
}

TEST(Baseline, APercentileIsTheShareBelow) {
  Baseline baseline({.minimum = 4});
  for (int i = 1; i <= 3; ++i) baseline.sample(i * ns_per_second, i);
  EXPECT_FALSE(baseline.percentile(2));
  baseline.sample(4 * ns_per_second, 4);

  EXPECT_NEAR(*baseline.percentile(0), 0.0, 1e-12);
  EXPECT_NEAR(*baseline.percentile(2), 0.375, 1e-12);  // one below, half of one
  EXPECT_NEAR(*baseline.percentile(2.5), 0.5, 1e-12);
  EXPECT_NEAR(*baseline.percentile(9), 1.0, 1e-12);
}

}  // namespace
}  // namespace depthwire::analyzer
