#include "simulator/trading/account_fixture.hpp"

// Orders that wait for their price.
namespace depthwire::simulator::trading {
namespace {

TEST_F(AccountTest, APendingOrderWaitsForItsPriceWithThePositionItWillOpen) {
  auto request = order(LIMIT, BUY);
  request.set_limitprice(0.999);
  request.set_stoploss(0.998);

  const auto answer = account_.new_order(request);
  EXPECT_THAT(quote(99'895, 99'905), IsEmpty());
  const auto filled = quote(99'885, 99'895);

  ASSERT_TRUE(answer);
  ASSERT_THAT(story(*answer), ElementsAre("ORDER_ACCEPTED"));
  const auto accepted = execution(*answer, 0);
  EXPECT_EQ(accepted.position().positionstatus(), POSITION_STATUS_CREATED);
  EXPECT_EQ(accepted.order().relativestoploss(), 100) << "levels that wait are told as distances";
  EXPECT_FALSE(accepted.order().has_stoploss());
  ASSERT_THAT(story(filled), ElementsAre("ORDER_FILLED", "ORDER_ACCEPTED by server"));
  EXPECT_EQ(execution(filled, 0).position().positionid(), accepted.position().positionid());
  EXPECT_DOUBLE_EQ(execution(filled, 0).deal().executionprice(), 0.99895);
  EXPECT_DOUBLE_EQ(execution(filled, 1).order().stopprice(), 0.998) << "as it was given";
}

TEST_F(AccountTest, ACancelledOrderClosesThePositionThatNeverOpened) {
  auto request = order(STOP, SELL);
  request.set_stopprice(0.99);
  const auto answer = account_.new_order(request);
  ASSERT_TRUE(answer);
  ProtoOACancelOrderReq cancel;
  cancel.set_orderid(execution(*answer, 0).order().orderid());

  const auto cancelled = account_.cancel_order(cancel);

  ASSERT_TRUE(cancelled);
  ASSERT_THAT(story(*cancelled), ElementsAre("ORDER_CANCELLED"));
  EXPECT_EQ(execution(*cancelled, 0).order().orderstatus(), ORDER_STATUS_CANCELLED);
  EXPECT_EQ(execution(*cancelled, 0).position().positionstatus(), POSITION_STATUS_CLOSED);
  EXPECT_THAT(account_.pending_orders(true), IsEmpty());
  const auto again = account_.cancel_order(cancel);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "ORDER_NOT_FOUND");
  EXPECT_EQ(again.error().order_id, cancel.orderid());
  ASSERT_TRUE(account_.order(cancel.orderid()));
  EXPECT_EQ(account_.order(cancel.orderid())->orderstatus(), ORDER_STATUS_CANCELLED);
}

TEST_F(AccountTest, AnAmendedOrderIsReplacedAndObeysItsNewPrice) {
  auto request = order(LIMIT, BUY);
  request.set_limitprice(0.99);
  const auto answer = account_.new_order(request);
  ASSERT_TRUE(answer);
  ProtoOAAmendOrderReq amend;
  amend.set_orderid(execution(*answer, 0).order().orderid());
  EXPECT_EQ(code(account_.amend_order(amend)), "INVALID_REQUEST") << "nothing to amend";
  amend.set_limitprice(1.0005);
  amend.set_volume(2 * lot);

  const auto replaced = account_.amend_order(amend);

  ASSERT_TRUE(replaced);
  ASSERT_THAT(story(*replaced), ElementsAre("ORDER_REPLACED", "ORDER_FILLED"));
  EXPECT_EQ(execution(*replaced, 1).deal().filledvolume(), 2 * lot);
  EXPECT_DOUBLE_EQ(execution(*replaced, 1).deal().executionprice(), 1.0001) << "the better one";
}

TEST_F(AccountTest, AnOrderExpiresByTheSimulatorsClock) {
  auto request = order(LIMIT, BUY);
  request.set_limitprice(0.99);
  request.set_timeinforce(GOOD_TILL_DATE);
  request.set_expirationtimestamp(start_ms + 2000);
  (void)account_.new_order(request);

  EXPECT_THAT(quote(100'000, 100'011), IsEmpty());
  const auto expired = quote(100'000, 100'012);

  ASSERT_THAT(story(expired), ElementsAre("ORDER_EXPIRED"));
  EXPECT_EQ(execution(expired, 0).order().orderstatus(), ORDER_STATUS_EXPIRED);
  EXPECT_EQ(execution(expired, 0).position().positionstatus(), POSITION_STATUS_CLOSED);
}

TEST_F(AccountTest, AStopLimitIsALimitOnceItIsTriggered) {
  auto request = order(STOP_LIMIT, BUY);
  request.set_stopprice(1.001);
  request.set_slippageinpoints(5);
  (void)account_.new_order(request);

  EXPECT_THAT(quote(100'080, 100'099), IsEmpty());
  EXPECT_THAT(quote(100'100, 100'106), IsEmpty()) << "triggered, but too dear";
  EXPECT_THAT(story(quote(100'060, 100'070)), ElementsAre("ORDER_FILLED"));
}

TEST_F(AccountTest, ADoubleTriggerNeedsTwoTicksInARow) {
  auto request = order(STOP, BUY);
  request.set_stopprice(1.001);
  request.set_stoptriggermethod(DOUBLE_TRADE);
  (void)account_.new_order(request);

  EXPECT_THAT(quote(100'090, 100'100), IsEmpty());
  EXPECT_THAT(quote(100'080, 100'090), IsEmpty());
  EXPECT_THAT(quote(100'090, 100'100), IsEmpty());
  EXPECT_THAT(story(quote(100'095, 100'105)), ElementsAre("ORDER_FILLED"));
}

TEST_F(AccountTest, ABuyStopByTheOtherSideWaitsForTheBid) {
  auto request = order(STOP, BUY);
  request.set_stopprice(1.001);
  request.set_stoptriggermethod(OPPOSITE);
  (void)account_.new_order(request);

  EXPECT_THAT(quote(100'099, 100'109), IsEmpty());
  EXPECT_THAT(story(quote(100'100, 100'110)), ElementsAre("ORDER_FILLED"));
}

TEST_F(AccountTest, APendingOrderThatCannotBePaidIsRejectedWhenItsPriceComes) {
  auto request = order(LIMIT, BUY, 20 * lot);
  request.set_limitprice(0.999);
  ASSERT_EQ(code(account_.new_order(request)), "done");

  const auto rejected = quote(99'890, 99'900);

  ASSERT_THAT(story(rejected), ElementsAre("ORDER_REJECTED"));
  EXPECT_EQ(execution(rejected, 0).errorcode(), "NOT_ENOUGH_MONEY");
  EXPECT_EQ(execution(rejected, 0).order().orderstatus(), ORDER_STATUS_REJECTED);
  EXPECT_THAT(account_.positions(), IsEmpty());
}

}  // namespace
}  // namespace depthwire::simulator::trading
