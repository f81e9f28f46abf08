#include "simulator/market/board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace depthwire::simulator {
namespace {

using market::Price;
using market::Quote;
using market::Side;
using market::Size;

Quote bid(market::QuoteId id, std::int64_t price) { return {id, Side::bid, Price{price}, Size{1}}; }

Event event(std::int64_t time_ns, market::DepthUpdate depth, market::Spot spot = {}) {
  return {time_ns, 0, std::move(depth), spot};
}

TEST(Board, BeforeTheFirstEventTheOpeningPricesAreTheLastKnown) {
  const Board board({{.name = "X", .opening = {.bid = Price{5}, .ask = Price{6}}}}, 1000);

  EXPECT_EQ(board.at(0).last().bid, Price{5});
  EXPECT_EQ(board.time_ns(), 1000);
  EXPECT_TRUE(board.at(0).quotes().empty());
}

TEST(Board, KeepsTheWholeBookByRisingId) {
  Board board({{.name = "X"}}, 0);

  board.apply(event(1, {.added = {bid(7, 10), bid(3, 11)}}));
  board.apply(event(2, {.removed = {7, 99}, .added = {bid(5, 12), bid(3, 13)}}));

  EXPECT_THAT(board.at(0).quotes(), testing::ElementsAre(bid(3, 13), bid(5, 12)));
}

TEST(Board, RemembersTheTicksOfEachSide) {
  Board board({{.name = "X"}}, 0);

  board.apply(event(5'000'000, {}, {.bid = Price{10}}));
  board.apply(event(6'999'999, {}, {.bid = Price{11}, .ask = Price{12}}));

  EXPECT_EQ(board.at(0).ticks(Side::bid, 0, 9, 9).found.size(), 2U);
  EXPECT_EQ(board.at(0).ticks(Side::bid, 0, 9, 9).found.back().time_ms, 6);
  EXPECT_EQ(board.at(0).ticks(Side::ask, 0, 9, 9).found.size(), 1U);
  EXPECT_EQ(board.at(0).last_tick_ns(), 6'999'999);
  EXPECT_EQ(board.at(0).bars(Period::m1, 0, 9, 9).found.size(), 1U);
}

TEST(Board, HistoryGoesOnFromThePastToTheMarketWithoutASeam) {
  constexpr std::int64_t begin_ns = 1'767'596'400'000'000'000;  // a Monday, 07:00 UTC
  constexpr std::int64_t begin_ms = begin_ns / 1'000'000;
  Board board({{.name = "EURUSD", .opening = {.bid = Price{110'000}, .ask = Price{110'008}}}},
              begin_ns, {.length_ns = 3'600'000'000'000});
  for (int i = 0; i < 10; ++i) {
    board.apply(event(begin_ns + i * 60'000'000'000LL, {}, {.bid = Price{110'000 + i}}));
  }

  const auto minutes = board.at(0).bars(Period::m1, 0, begin_ms + 3'600'000, 1'000);
  ASSERT_EQ(minutes.found.size(), 70U);
  EXPECT_FALSE(minutes.has_more);
  for (std::size_t i = 0; i < minutes.found.size(); ++i) {
    EXPECT_EQ(minutes.found[i].open_minute, begin_ms / 60'000 - 60 + static_cast<std::int64_t>(i));
  }

  BarBuilder joined(Period::m15, 100);
  for (const auto& bar : minutes.found) joined.add(bar);
  const auto fifteens = board.at(0).bars(Period::m15, 0, begin_ms, 1'000).found;
  EXPECT_EQ(std::vector<Bar>(joined.bars().begin(), joined.bars().end()), fifteens);

  const auto newest = board.at(0).bars(Period::m15, 0, begin_ms, 3);
  EXPECT_EQ(newest.found, std::vector<Bar>(fifteens.end() - 3, fifteens.end()));
  EXPECT_TRUE(newest.has_more);

  const auto ticks = board.at(0).ticks(Side::bid, begin_ms - 120'000, begin_ms + 60'000, 10'000);
  EXPECT_FALSE(ticks.has_more);
  EXPECT_EQ(ticks.found.back().time_ms, begin_ms + 60'000);
  EXPECT_GE(ticks.found.front().time_ms, begin_ms - 120'000);
  EXPECT_TRUE(std::ranges::is_sorted(ticks.found, {}, &Tick::time_ms));
  EXPECT_GT(ticks.found.size(), 4U);
  EXPECT_TRUE(board.at(0).ticks(Side::bid, 0, begin_ms, 5).has_more);
}

}  // namespace
}  // namespace depthwire::simulator
