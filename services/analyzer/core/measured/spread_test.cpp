#include "services/analyzer/core/measured/spread.hpp"

#include "services/analyzer/core/base/time_weighted.hpp"
#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using market::Price;
using market::Side;
using market::Size;
using testing::tolerance;

TEST(Spread, ItsMeanIsWeightedByTimeNotByEvents) {
  TimeWeighted mean(60);

  mean.set(0, 1.0);
  mean.set(3 * ns_per_second, 4.0);
  mean.advance(4 * ns_per_second);

  EXPECT_NEAR(*mean.mean(), 1.75, tolerance);  // (1 x 3 + 4 x 1) / 4; by events it would be 2.5
}

TEST(Spread, CostOfTakingFromTheReferenceBook) {
  const market::Book book = testing::reference_book();
  const auto mid = *book.mid_half_points();
  const auto buy = [&](std::int64_t size) {
    return cost_of_taking(book.levels_to_touch(Side::ask), Side::ask, Size{size}, mid);
  };

  const auto sell = cost_of_taking(book.levels_to_touch(Side::bid), Side::bid, Size{4}, mid);

  EXPECT_NEAR(buy(4)->vwap_points, 101.5, tolerance);  // 2 at 101, 2 at 102
  EXPECT_NEAR(buy(4)->cost_points, 1.0, tolerance);
  EXPECT_NEAR(sell->vwap_points, 100.0, tolerance);
  EXPECT_NEAR(sell->cost_points, 0.5, tolerance);
  EXPECT_TRUE(buy(10));
  EXPECT_FALSE(buy(11));  // more than is visible
}

TEST(Spread, KnowsBothSidesFromSpotsThatCarryOne) {
  SpotState spot;

  spot.apply({.bid = Price{100'000}});
  EXPECT_FALSE(spot.spread_points());
  spot.apply({.ask = Price{100'010}});

  EXPECT_EQ(spot.spread_points(), 10);
  EXPECT_EQ(spot.mid_half_points(), 200'010);
  EXPECT_NEAR(spread_bps(10, 200'010), 0.99995, tolerance);
}

TEST(Spread, DerivesNothingFromPricesThatMayBeDaysOld) {
  SpotState spot;

  spot.note_old({.bid = Price{100'000}, .ask = Price{100'010}});
  EXPECT_FALSE(spot.spread_points());
  EXPECT_FALSE(spot.mid_half_points());
  spot.apply({.ask = Price{100'012}});

  EXPECT_EQ(spot.spread_points(), 12);
}

TEST(Spread, IsNullWhenItIsNotPositiveAndAfterAReconnect) {
  SpotState spot;
  spot.apply({.bid = Price{100'010}, .ask = Price{100'010}});

  EXPECT_FALSE(spot.spread_points());

  spot.apply({.ask = Price{100'020}});
  spot.clear();
  spot.apply({.bid = Price{100'010}});
  EXPECT_FALSE(spot.spread_points());
  EXPECT_FALSE(spot.mid_half_points());
}

}  // namespace
}  // namespace depthwire::analyzer
