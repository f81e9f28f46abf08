#include "services/aggregator/core/book_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::aggregator {
namespace {

using market::Price;
using market::Quote;
using market::Side;
using market::Size;

// The reference book of signals.md section 3: bids 100x5, 99x3, 98x2; asks 101x2, 102x3, 103x5.
market::Book reference_book() {
  market::Book book;
  const market::DepthUpdate update{market::DepthKind::change,
                                   {},
                                   {{1, Side::bid, Price{100}, Size{5}},
                                    {2, Side::bid, Price{99}, Size{3}},
                                    {3, Side::bid, Price{98}, Size{2}},
                                    {4, Side::ask, Price{101}, Size{2}},
                                    {5, Side::ask, Price{102}, Size{3}},
                                    {6, Side::ask, Price{103}, Size{5}}}};
  EXPECT_TRUE(book.apply(update));
  return book;
}

TEST(BookView, KnownAnswers) {
  BookView view;

  look(reference_book(), 2, view);

  EXPECT_THAT(view.bids, ::testing::ElementsAre(market::Level{Price{100}, Size{5}},
                                                market::Level{Price{99}, Size{3}}));
  EXPECT_THAT(view.asks, ::testing::ElementsAre(market::Level{Price{101}, Size{2}},
                                                market::Level{Price{102}, Size{3}}));
  EXPECT_EQ(view.mid_half_points, 201);
  EXPECT_EQ(view.spread_points, 1);
  EXPECT_EQ(view.imbalance, 0.0);  // 10 against 10: the sums see more levels than are shown
  EXPECT_NEAR(*view.weighted_mid_points, 100.714286, 1e-6);  // (5*101 + 2*100) / 7
  EXPECT_EQ(view.bid_depth_cents, 10);
  EXPECT_EQ(view.ask_depth_cents, 10);
}

TEST(BookView, AnEmptySideLeavesNoMidAndNoImbalance) {
  market::Book book;
  ASSERT_TRUE(book.apply({market::DepthKind::change, {}, {{1, Side::bid, Price{100}, Size{5}}}}));
  BookView view;

  look(book, 10, view);

  EXPECT_FALSE(view.mid_half_points);
  EXPECT_FALSE(view.spread_points);
  EXPECT_FALSE(view.imbalance);
  EXPECT_FALSE(view.weighted_mid_points);
  EXPECT_EQ(view.bid_depth_cents, 5);
}

}  // namespace
}  // namespace depthwire::aggregator
