#include "services/analyzer/core/inferred/volume_imbalance.hpp"

#include "services/analyzer/core/book/known_books.hpp"
#include "services/analyzer/core/modelled/splits.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using testing::tolerance;

TEST(VolumeImbalance, KnownAnswerOfThreeBars) {
  const double up = bar60_buy_share(10, 12);
  const double down = bar60_buy_share(12, 10);
  const double buy = 100 * up + 100 * up + 50 * down;
  const double sell = 250 - buy;

  EXPECT_NEAR(buy, 140.0, tolerance);
  EXPECT_NEAR(sell, 110.0, tolerance);
  EXPECT_NEAR(*volume_imbalance(buy, sell, 250), 0.12, tolerance);
}

TEST(VolumeImbalance, IsNullWithoutFlowOrWithTooFewEstimates) {
  EXPECT_FALSE(volume_imbalance(0, 0, 100));
  EXPECT_FALSE(volume_imbalance(3, 1, 4));
  EXPECT_TRUE(volume_imbalance(3, 1, 5));
}

}  // namespace
}  // namespace depthwire::analyzer
