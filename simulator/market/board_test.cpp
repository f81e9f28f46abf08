#include "simulator/market/board.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

  EXPECT_EQ(board.at(0).ticks(Side::bid).size(), 2U);
  EXPECT_EQ(board.at(0).ticks(Side::bid).back().time_ms, 6);
  EXPECT_EQ(board.at(0).ticks(Side::ask).size(), 1U);
  EXPECT_EQ(board.at(0).last_tick_ns(), 6'999'999);
  EXPECT_EQ(board.at(0).bars(Period::m1).size(), 1U);
}

}  // namespace
}  // namespace depthwire::simulator
