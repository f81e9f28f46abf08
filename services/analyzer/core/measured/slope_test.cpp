#include "services/analyzer/core/measured/slope.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using market::Side;
using testing::tolerance;

market::Level level(std::int64_t price, std::int64_t size) {
  return {market::Price{price}, market::Size{size}};
}

class SlopeTest : public ::testing::Test {
 protected:
  market::Book book = testing::reference_book();
  std::span<const market::Level> bids = book.levels_to_touch(Side::bid);
  std::span<const market::Level> asks = book.levels_to_touch(Side::ask);
};

TEST_F(SlopeTest, KnownAnswersOfTheReferenceBook) {
  const auto both = slope(bids, asks, 1.0);

  ASSERT_TRUE(both);
  EXPECT_NEAR(both->bid, 4.514286, tolerance);  // 39.5 / 8.75
  EXPECT_NEAR(both->ask, 3.828571, tolerance);  // 33.5 / 8.75
  EXPECT_NEAR(both->asymmetry, 0.082192, tolerance);
  EXPECT_NEAR(*pressure(bids, asks, 1.0), 0.230769, tolerance);  // (12.8 - 8) / 20.8
}

TEST_F(SlopeTest, SidesAreCutAtTheSameDistance) {
  const std::vector<market::Level> far = {level(80, 1'000), level(98, 2), level(99, 3),
                                          level(100, 5)};

  EXPECT_NEAR(slope(far, asks, 1.0)->bid, 4.514286, tolerance);
  EXPECT_NEAR(*pressure(far, asks, 1.0), 0.230769, tolerance);
}

TEST_F(SlopeTest, ALockedBookAndAnEmptySideHaveNone) {
  const std::vector<market::Level> locked = {level(101, 5)};

  EXPECT_FALSE(slope(locked, asks, 1.0));
  EXPECT_FALSE(pressure(locked, asks, 1.0));
  EXPECT_FALSE(slope({}, asks, 1.0));
  EXPECT_FALSE(pressure(bids, {}, 1.0));
}

TEST(Stacking, TellsWhatChangedAtPricesThatStayed) {
  Stacking stacking;
  const std::vector<market::Level> asks = {level(102, 7), level(101, 4)};
  stacking.step(std::vector{level(99, 3), level(100, 5)}, asks);
  for (int second = 0; second < 4; ++second) stacking.second();
  EXPECT_FALSE(stacking.change(Side::bid)) << "before five seconds";
  stacking.second();

  stacking.step(std::vector{level(98, 9), level(99, 8), level(100, 4)},
                std::vector{level(102, 7), level(101, 1)});

  const auto bid = stacking.change(Side::bid);
  ASSERT_TRUE(bid);
  EXPECT_EQ(bid->cents, 5 - 1) << "the new price does not count";
  EXPECT_EQ(bid->prices, 2U);
  EXPECT_EQ(stacking.change(Side::ask)->cents, -3);
}

TEST(Stacking, APriceThatLeftAndCameBackBeginsAnew) {
  Stacking stacking;
  const auto asks = std::vector{level(101, 4)};
  stacking.step(std::vector{level(99, 3), level(100, 5)}, asks);
  for (int second = 0; second < 5; ++second) stacking.second();
  stacking.step(std::vector{level(99, 3)}, asks);
  stacking.step(std::vector{level(99, 3), level(100, 50)}, asks);

  EXPECT_EQ(stacking.change(Side::bid)->cents, 0);
  EXPECT_EQ(stacking.change(Side::bid)->prices, 1U);
}

}  // namespace
}  // namespace depthwire::analyzer
