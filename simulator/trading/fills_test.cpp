#include "simulator/trading/fills.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::simulator::trading {
namespace {

using ctrader::BUY;
using ctrader::SELL;
using market::Price;
using market::Side;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FindFills : public testing::Test {
 protected:
  void rest(market::QuoteId id, Side side, std::int64_t points, std::int64_t cents) {
    Event event;
    event.depth.added.push_back({id, side, {points}, {cents}});
    board_.apply(event);
  }

  SymbolBoard board_{{.name = "EURUSD", .opening = {.bid = Price{99}, .ask = Price{101}}},
                     PastSettings()};
};

TEST_F(FindFills, ABuyerTakesTheLowestAsksFirstAndASellerTheHighestBids) {
  rest(1, Side::ask, 102, 300);
  rest(2, Side::ask, 101, 100);
  rest(3, Side::ask, 101, 100);
  rest(4, Side::bid, 98, 500);
  rest(5, Side::bid, 99, 100);

  EXPECT_THAT(find_fills(board_, {.side = BUY, .volume = 300, .step = 100}),
              ElementsAre(Fill{200, {101}}, Fill{100, {102}}));
  EXPECT_THAT(find_fills(board_, {.side = SELL, .volume = 300, .step = 100}),
              ElementsAre(Fill{100, {99}}, Fill{200, {98}}));
}

TEST_F(FindFills, TheBookOrTheLimitEndsIt) {
  rest(1, Side::ask, 101, 100);
  rest(2, Side::ask, 102, 100);

  EXPECT_THAT(find_fills(board_, {.side = BUY, .volume = 900, .step = 100}),
              ElementsAre(Fill{100, {101}}, Fill{100, {102}}));
  EXPECT_THAT(find_fills(board_, {.side = BUY, .volume = 900, .step = 100, .limit = Price{101}}),
              ElementsAre(Fill{100, {101}}));
  EXPECT_THAT(find_fills(board_, {.side = BUY, .volume = 900, .step = 100, .limit = Price{100}}),
              IsEmpty());
}

TEST_F(FindFills, WhatIsLessThanAStepIsTakenWithTheNextPrice) {
  rest(1, Side::ask, 101, 150);
  rest(2, Side::ask, 102, 60);
  rest(3, Side::ask, 103, 60);

  // 150 give one step; 210 two; 270 no third.
  EXPECT_THAT(find_fills(board_, {.side = BUY, .volume = 900, .step = 100}),
              ElementsAre(Fill{100, {101}}, Fill{100, {102}}));
}

TEST_F(FindFills, ASymbolWithoutABookGivesAnyVolumeAtTheTouch) {
  EXPECT_THAT(find_fills(board_, {.side = BUY, .volume = 900}), ElementsAre(Fill{900, {101}}));
  EXPECT_THAT(find_fills(board_, {.side = SELL, .volume = 900}), ElementsAre(Fill{900, {99}}));
}

}  // namespace
}  // namespace depthwire::simulator::trading
