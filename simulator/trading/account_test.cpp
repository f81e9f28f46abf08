#include "simulator/trading/account_fixture.hpp"

namespace depthwire::simulator::trading {
namespace {

TEST_F(AccountTest, AMarketOrderIsAcceptedThenFilledThenProtected) {
  auto request = order(MARKET, BUY);
  request.set_relativestoploss(500);
  request.set_relativetakeprofit(1000);
  request.set_label("label");
  request.set_comment("comment");
  request.set_clientorderid("mine");

  const auto answer = account_.new_order(request);

  ASSERT_TRUE(answer);
  ASSERT_THAT(story(*answer),
              ElementsAre("ORDER_ACCEPTED", "ORDER_FILLED", "ORDER_ACCEPTED by server"));
  const auto accepted = execution(*answer, 0);
  EXPECT_EQ(accepted.order().orderstatus(), ORDER_STATUS_ACCEPTED);
  EXPECT_EQ(accepted.order().clientorderid(), "mine");
  EXPECT_EQ(accepted.order().timeinforce(), IMMEDIATE_OR_CANCEL);
  EXPECT_EQ(accepted.position().positionstatus(), POSITION_STATUS_CREATED);
  EXPECT_EQ(accepted.position().tradedata().volume(), 0);
  EXPECT_EQ(accepted.position().price(), 0);
  const auto filled = execution(*answer, 1);
  EXPECT_EQ(filled.order().orderstatus(), ORDER_STATUS_FILLED);
  EXPECT_EQ(filled.order().executedvolume(), lot);
  EXPECT_EQ(filled.position().positionid(), accepted.position().positionid());
  EXPECT_EQ(filled.position().positionstatus(), POSITION_STATUS_OPEN);
  EXPECT_DOUBLE_EQ(filled.position().price(), 1.0001);
  EXPECT_EQ(filled.position().usedmargin(), 100'010U);
  EXPECT_EQ(filled.position().tradedata().label(), "label");
  EXPECT_EQ(filled.position().tradedata().comment(), "comment");
  EXPECT_FALSE(filled.position().has_stoploss())
      << "its levels come with the order that keeps them";
  EXPECT_DOUBLE_EQ(filled.deal().executionprice(), 1.0001);
  EXPECT_EQ(filled.deal().dealstatus(), FILLED);
  EXPECT_EQ(filled.deal().executiontimestamp(), start_ms);
  EXPECT_FALSE(filled.deal().has_closepositiondetail());
  const auto protecting = execution(*answer, 2);
  EXPECT_EQ(protecting.order().ordertype(), STOP_LOSS_TAKE_PROFIT);
  EXPECT_TRUE(protecting.order().closingorder());
  EXPECT_EQ(protecting.order().timeinforce(), GOOD_TILL_CANCEL);
  EXPECT_DOUBLE_EQ(protecting.order().stopprice(), 0.9951);
  EXPECT_DOUBLE_EQ(protecting.order().limitprice(), 1.0101);
  EXPECT_DOUBLE_EQ(protecting.position().stoploss(), 0.9951);
  EXPECT_EQ(account_.balance(), 1'000'000) << "opening does not move it";
}

TEST_F(AccountTest, AFullCloseMovesTheBalance) {
  const auto position = open(order(MARKET, BUY));
  (void)quote(100'110, 100'120);
  ASSERT_EQ(account_.positions().size(), 1U);
  EXPECT_EQ(account_.profit_of(account_.positions()[0]), 10'000);

  const auto answer = close(position, lot);

  ASSERT_TRUE(answer);
  ASSERT_THAT(story(*answer), ElementsAre("ORDER_ACCEPTED", "ORDER_FILLED", "balance"));
  const auto filled = execution(*answer, 1);
  EXPECT_EQ(filled.position().positionstatus(), POSITION_STATUS_CLOSED);
  EXPECT_EQ(filled.position().tradedata().volume(), 0);
  EXPECT_EQ(filled.position().price(), 0);
  EXPECT_TRUE(filled.order().closingorder());
  // 100,000 EUR from 1.00010 to 1.00110: 100 USD.
  const auto& detail = filled.deal().closepositiondetail();
  EXPECT_DOUBLE_EQ(detail.entryprice(), 1.0001);
  EXPECT_EQ(detail.grossprofit(), 10'000);
  EXPECT_EQ(detail.balance(), 1'010'000);
  EXPECT_EQ(detail.balanceversion(), 1);
  EXPECT_EQ(detail.closedvolume(), lot);
  EXPECT_EQ(account_.balance(), 1'010'000);
  EXPECT_THAT(account_.positions(), IsEmpty());
  EXPECT_EQ(code(close(position, lot)), "POSITION_NOT_OPEN");
}

TEST_F(AccountTest, APartialCloseReplacesTheProtectionByWhatIsLeft) {
  auto request = order(MARKET, SELL);
  request.set_relativestoploss(500);
  const auto position = open(request);

  const auto answer = close(position, lot / 4);

  ASSERT_TRUE(answer);
  ASSERT_THAT(story(*answer),
              ElementsAre("ORDER_ACCEPTED", "ORDER_FILLED", "balance", "ORDER_REPLACED by server"));
  // A quarter of a lot, sold at the bid, bought at the ask: ten points.
  EXPECT_EQ(execution(*answer, 1).deal().closepositiondetail().grossprofit(), -250);
  EXPECT_EQ(execution(*answer, 3).order().tradedata().volume(), lot / 4 * 3);
  ASSERT_EQ(account_.positions().size(), 1U);
  EXPECT_EQ(account_.positions()[0].tradedata().volume(), lot / 4 * 3);
  EXPECT_EQ(account_.positions()[0].usedmargin(), 75'000U);
  EXPECT_EQ(code(close(position, lot)), "TRADING_BAD_VOLUME") << "more than there is";
}

TEST_F(AccountTest, AStopLossIsHitByTheBidOfALongPosition) {
  auto request = order(MARKET, BUY);
  request.set_relativestoploss(100);
  (void)open(request);

  EXPECT_THAT(quote(99'911, 99'921), IsEmpty());
  const auto hit = quote(99'905, 99'915);

  ASSERT_THAT(story(hit), ElementsAre("ORDER_FILLED by server", "balance"));
  const auto filled = execution(hit, 0);
  EXPECT_EQ(filled.order().ordertype(), STOP_LOSS_TAKE_PROFIT);
  EXPECT_EQ(filled.position().positionstatus(), POSITION_STATUS_CLOSED);
  // Stopped at 0.99910, but the market was at 0.99905 then.
  EXPECT_EQ(filled.deal().closepositiondetail().grossprofit(), -10'500);
  EXPECT_THAT(account_.pending_orders(true), IsEmpty());
}

TEST_F(AccountTest, ATakeProfitGivesItsPriceOrABetterOne) {
  auto request = order(MARKET, SELL);
  request.set_relativetakeprofit(100);
  (void)open(request);

  EXPECT_THAT(quote(99'890, 99'901), IsEmpty());
  const auto hit = quote(99'880, 99'895);

  ASSERT_THAT(story(hit), ElementsAre("ORDER_FILLED by server", "balance"));
  EXPECT_EQ(execution(hit, 0).deal().closepositiondetail().grossprofit(), 10'500);
}

TEST_F(AccountTest, LevelsAreSetReplacedAndRemoved) {
  const auto position = open(order(MARKET, BUY));
  ProtoOAAmendPositionSLTPReq amend;
  amend.set_positionid(position);
  amend.set_stoploss(0.99);

  const auto set = account_.amend_levels(amend);
  EXPECT_EQ(code(account_.amend_levels(amend)), "INVALID_REQUEST") << "nothing to amend";
  amend.clear_stoploss();
  amend.set_takeprofit(1.01);
  const auto replaced = account_.amend_levels(amend);
  amend.clear_takeprofit();
  const auto removed = account_.amend_levels(amend);

  ASSERT_TRUE(set && replaced && removed);
  EXPECT_THAT(story(*set), ElementsAre("ORDER_ACCEPTED"));
  ASSERT_THAT(story(*replaced), ElementsAre("ORDER_REPLACED"));
  EXPECT_EQ(execution(*replaced, 0).order().orderid(), execution(*set, 0).order().orderid());
  EXPECT_FALSE(execution(*replaced, 0).order().has_stopprice()) << "a level left out is removed";
  EXPECT_THAT(story(*removed), ElementsAre("ORDER_CANCELLED"));
  EXPECT_THAT(account_.pending_orders(true), IsEmpty());
  amend.set_stoploss(1.0);
  EXPECT_EQ(code(account_.amend_levels(amend)), "TRADING_BAD_STOPS") << "not below the bid";
}

TEST_F(AccountTest, ATrailingStopLossFollowsAndStopsWhereItIs) {
  auto request = order(MARKET, BUY);
  request.set_relativestoploss(110);  // 1.00010 - 0.00110 = 0.99900: 100 points below the bid
  request.set_trailingstoploss(true);
  (void)open(request);

  const auto up = quote(100'050, 100'060);
  const auto down = quote(100'000, 100'010);
  const auto hit = quote(99'950, 99'960);

  ASSERT_THAT(story(up), ElementsAre("trail"));
  EXPECT_DOUBLE_EQ(std::get<ProtoOATrailingSLChangedEvent>(up[0]).stopprice(), 0.9995);
  EXPECT_THAT(down, IsEmpty()) << "it goes one way";
  EXPECT_THAT(story(hit), ElementsAre("ORDER_FILLED by server", "balance"));
}

TEST_F(AccountTest, AnOrderLargerThanTheBookIsFilledInPartsAndTheRestIsCancelled) {
  rest(1, Side::ask, 100'010, lot);
  rest(2, Side::ask, 100'020, lot / 2);

  const auto answer = account_.new_order(order(MARKET, BUY, 2 * lot));

  ASSERT_TRUE(answer);
  ASSERT_THAT(story(*answer), ElementsAre("ORDER_ACCEPTED", "ORDER_PARTIAL_FILL",
                                          "ORDER_PARTIAL_FILL", "ORDER_CANCELLED"));
  EXPECT_NE(execution(*answer, 1).deal().dealid(), execution(*answer, 2).deal().dealid());
  EXPECT_EQ(execution(*answer, 1).deal().dealstatus(), PARTIALLY_FILLED);
  EXPECT_EQ(execution(*answer, 3).order().executedvolume(), lot / 2 * 3);
  ASSERT_EQ(account_.positions().size(), 1U);
  // (2 * 1.00010 + 1.00020) / 3
  EXPECT_NEAR(account_.positions()[0].price(), 1.000133333, 1e-9);
}

TEST_F(AccountTest, AllOrNothingIsNothingWhereTheBookIsTooSmall) {
  rest(1, Side::ask, 100'010, lot);
  auto request = order(MARKET, BUY, 2 * lot);
  request.set_timeinforce(FILL_OR_KILL);

  const auto answer = account_.new_order(request);

  ASSERT_TRUE(answer);
  EXPECT_THAT(story(*answer), ElementsAre("ORDER_ACCEPTED", "ORDER_CANCELLED"));
  EXPECT_THAT(account_.positions(), IsEmpty());
}

TEST_F(AccountTest, AMarketRangeEndsAtItsSlippage) {
  rest(1, Side::ask, 100'010, lot);
  rest(2, Side::ask, 100'020, lot);
  auto request = order(MARKET_RANGE, BUY, 2 * lot);
  request.set_baseslippageprice(1.0001);
  request.set_slippageinpoints(9);

  const auto answer = account_.new_order(request);

  ASSERT_TRUE(answer);
  EXPECT_THAT(story(*answer),
              ElementsAre("ORDER_ACCEPTED", "ORDER_PARTIAL_FILL", "ORDER_CANCELLED"));
}

TEST_F(AccountTest, TheFreeMarginIsWhatOrdersMayUse) {
  EXPECT_EQ(code(account_.new_order(order(MARKET, BUY, 10 * lot))), "NOT_ENOUGH_MONEY")
      << "10,001 of 10,000";
  (void)open(order(MARKET, BUY, 9 * lot));  // 9,000.90, and loses 90 at once
  EXPECT_EQ(code(account_.new_order(order(MARKET, SELL, lot))), "NOT_ENOUGH_MONEY");
  EXPECT_EQ(code(account_.new_order(order(MARKET, SELL, lot / 10 * 9))), "done");
}

TEST_F(AccountTest, OrdersForAPositionEnlargeOrReduceIt) {
  const auto position = open(order(MARKET, BUY));
  (void)quote(100'020, 100'030);
  auto more = order(MARKET, BUY);
  more.set_positionid(position);
  auto less = order(MARKET, SELL, lot / 2);
  less.set_positionid(position);

  ASSERT_EQ(code(account_.new_order(more)), "done");
  ASSERT_EQ(account_.positions().size(), 1U);
  EXPECT_DOUBLE_EQ(account_.positions()[0].price(), 1.0002);
  const auto reduced = account_.new_order(less);

  ASSERT_TRUE(reduced);
  ASSERT_THAT(story(*reduced), ElementsAre("ORDER_ACCEPTED", "ORDER_FILLED", "balance"));
  ASSERT_EQ(account_.positions().size(), 1U);
  EXPECT_EQ(account_.positions()[0].tradedata().volume(), lot / 2 * 3);
  less.set_volume(2 * lot);
  EXPECT_EQ(code(account_.new_order(less)), "TRADING_BAD_VOLUME");
  less.set_positionid(position + 1);
  EXPECT_EQ(code(account_.new_order(less)), "POSITION_NOT_FOUND");
}

TEST_F(AccountTest, BothSidesOfASymbolAreHeldBesideEachOther) {
  (void)open(order(MARKET, BUY));
  (void)open(order(MARKET, SELL));

  EXPECT_EQ(account_.positions().size(), 2U);
}

TEST_F(AccountTest, WhatProtectsAPositionIsAmendedThroughIt) {
  auto request = order(MARKET, BUY);
  request.set_relativestoploss(500);
  (void)open(request);
  EXPECT_THAT(account_.pending_orders(false), IsEmpty());
  const auto protecting = account_.pending_orders(true);
  ASSERT_EQ(protecting.size(), 1U);
  ProtoOACancelOrderReq cancel;
  cancel.set_orderid(protecting[0].orderid());
  ProtoOAAmendOrderReq amend;
  amend.set_orderid(protecting[0].orderid());
  amend.set_stopprice(0.5);

  EXPECT_EQ(code(account_.cancel_order(cancel)), "UNABLE_TO_CANCEL_ORDER");
  EXPECT_EQ(code(account_.amend_order(amend)), "UNABLE_TO_AMEND_ORDER");
}

TEST_F(AccountTest, WhatCannotBeTradedIsRefused) {
  auto unknown = order(MARKET, BUY);
  unknown.set_symbolid(3);
  auto unpriced = order(MARKET, BUY);
  unpriced.set_symbolid(2);

  EXPECT_EQ(code(account_.new_order(unknown)), "SYMBOL_NOT_FOUND");
  EXPECT_EQ(code(account_.new_order(unpriced)), "NO_QUOTES") << "no way to the deposit";
  EXPECT_EQ(code(close(3, lot)), "POSITION_NOT_FOUND");
  EXPECT_THAT(account_.orders(), IsEmpty());
}

}  // namespace
}  // namespace depthwire::simulator::trading
