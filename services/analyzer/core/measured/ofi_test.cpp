#include "services/analyzer/core/measured/ofi.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using market::Level;
using market::Price;
using market::Size;
using testing::tolerance;

TopLevels touch(std::int64_t bid, std::int64_t bid_size, std::int64_t ask, std::int64_t ask_size) {
  TopLevels top;
  top.bids[0] = Level{Price{bid}, Size{bid_size}};
  top.asks[0] = Level{Price{ask}, Size{ask_size}};
  top.bid_count = 1;
  top.ask_count = 1;
  return top;
}

std::int64_t flow(const TopLevels& before, const TopLevels& after) {
  return order_flow(before.bids[0], before.asks[0], after.bids[0], after.asks[0]);
}

TEST(Ofi, KnownAnswersEventByEvent) {
  const TopLevels a = touch(100, 5, 101, 4);
  const TopLevels b = touch(100, 7, 101, 4);
  const TopLevels c = touch(100, 7, 102, 6);
  const TopLevels d = touch(99, 3, 102, 6);

  EXPECT_EQ(flow(a, b), 2);   // 7 - 5
  EXPECT_EQ(flow(b, c), 4);   // the ask of 4 went
  EXPECT_EQ(flow(c, d), -7);  // the bid of 7 went
}

TEST(Ofi, KnownAnswerOfTheWindow) {
  Ofi ofi;
  const Ns t = 1'000 * ns_per_second;

  ofi.step(t, touch(100, 5, 101, 4));
  ofi.step(t + 100 * ns_per_ms, touch(100, 7, 101, 4));
  ofi.step(t + 200 * ns_per_ms, touch(100, 7, 102, 6));
  ofi.step(t + 300 * ns_per_ms, touch(99, 3, 102, 6));

  EXPECT_EQ(ofi.sum_cents(OfiWindow::brief), -1);
  EXPECT_EQ(ofi.events(OfiWindow::brief), 3U);
  // D = (5.5 + 6.5 + 4.5) / 3 = 5.5; -1 / 5.5.
  EXPECT_NEAR(*ofi.normalised(OfiWindow::brief), -0.181818, tolerance);
  EXPECT_NEAR(*ofi.multi_level(), -0.181818, tolerance);
}

TEST(Ofi, TheFirstEventAfterARebuildCountsNothing) {
  Ofi ofi;

  ofi.step(ns_per_second, touch(100, 5, 101, 4));

  EXPECT_EQ(ofi.events(OfiWindow::main), 0U);
  EXPECT_FALSE(ofi.normalised(OfiWindow::main));
}

TEST(Ofi, EventsLeaveTheWindowsInTime) {
  Ofi ofi;
  const Ns t = 1'000 * ns_per_second;
  ofi.step(t, touch(100, 5, 101, 4));
  ofi.step(t, touch(100, 7, 101, 4));

  ofi.second(t + 5 * ns_per_second);

  EXPECT_EQ(ofi.sum_cents(OfiWindow::fast), 0);
  EXPECT_EQ(ofi.sum_cents(OfiWindow::brief), 2);
  ofi.second(t + 61 * ns_per_second);
  EXPECT_EQ(ofi.sum_cents(OfiWindow::main), 0);
}

TEST(Ofi, DustIsNotATouch) {
  market::Book book = testing::reference_book();
  ASSERT_TRUE(book.apply({market::DepthKind::change, {}, {testing::ask(9, 101, 1)}}));
  ASSERT_TRUE(book.apply({market::DepthKind::change, {4}, {}}));

  const TopLevels top = top_levels(book, Size{2});

  EXPECT_EQ(top.asks[0].price, Price{102});
  EXPECT_EQ(top.ask_count, 2U);
  EXPECT_EQ(top.bid_count, 3U);
}

TEST(Ofi, TheFirstComponentPointsWhereTheRowsVary) {
  std::vector<OfiRow> rows;
  for (int i = -10; i <= 10; ++i) {
    const auto x = static_cast<float>(i);
    rows.push_back({3 * x, 4 * x, 0, 0, 0});
  }

  const OfiWeights weights = first_component(rows);

  EXPECT_NEAR(weights[0], 0.6, tolerance);
  EXPECT_NEAR(weights[1], 0.8, tolerance);
  EXPECT_NEAR(weights[2], 0.0, tolerance);
}

}  // namespace
}  // namespace depthwire::analyzer
