#include "services/analyzer/core/measured/imbalance.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using market::Side;
using testing::tolerance;

TEST(Imbalance, KnownAnswersOfTheReferenceBook) {
  const market::Book book = testing::reference_book();
  const auto bids = book.levels_to_touch(Side::bid);
  const auto asks = book.levels_to_touch(Side::ask);

  // (5 - 2) / 7; (8 - 5) / 13; (10 - 10) / 20.
  EXPECT_NEAR(imbalance(bids, asks, 1)->value, 0.428571, tolerance);
  EXPECT_NEAR(imbalance(bids, asks, 2)->value, 0.230769, tolerance);
  EXPECT_NEAR(imbalance(bids, asks, 3)->value, 0.0, tolerance);
  // (5 + 3/2 + 2/3) against (2 + 3/2 + 5/3).
  EXPECT_NEAR(*rank_weighted_imbalance(bids, asks), 0.162162, tolerance);
  EXPECT_NEAR(*distance_weighted_imbalance(bids, asks, 1.0), 0.143508, tolerance);
}

TEST(Imbalance, TellsHowManyLevelsItRestsOnWhenThereAreFewer) {
  const market::Book book = testing::reference_book();

  const auto value =
      imbalance(book.levels_to_touch(Side::bid), book.levels_to_touch(Side::ask), 10);

  EXPECT_EQ(value->k, 3U);
}

TEST(Imbalance, IsNullWhenASideIsEmptyNotPlusOrMinusOne) {
  const market::Book book = testing::reference_book();
  const auto bids = book.levels_to_touch(Side::bid);

  EXPECT_FALSE(imbalance(bids, {}, 5));
  EXPECT_FALSE(imbalance({}, bids, 5));
  EXPECT_FALSE(rank_weighted_imbalance(bids, {}));
  EXPECT_FALSE(distance_weighted_imbalance({}, bids, 1.0));
}

}  // namespace
}  // namespace depthwire::analyzer
