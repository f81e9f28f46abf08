#include "simulator/server/session_fixture.hpp"

#include <gmock/gmock.h>

namespace depthwire::simulator {
namespace {

using namespace ctrader;
using ::testing::ElementsAre;

constexpr std::int64_t lot = 10'000'000;

SessionSettings trading_settings() {
  SessionSettings settings;
  settings.credentials.may_trade = true;
  return settings;
}

class SessionTrading : public SessionTest {
 protected:
  explicit SessionTrading(const SessionSettings& settings = trading_settings())
      : SessionTest(settings) {}

  template <class Message>
  Frames ask(std::uint32_t payload_type, Message message) {
    message.set_ctidtraderaccountid(account);
    return request(payload_type, message);
  }
  Frames order(ProtoOATradeSide side, std::int64_t volume = lot) {
    ProtoOANewOrderReq message;
    message.set_symbolid(1);
    message.set_ordertype(MARKET);
    message.set_tradeside(side);
    message.set_volume(volume);
    message.set_clientorderid("mine");
    return ask(PROTO_OA_NEW_ORDER_REQ, message);
  }
  static std::vector<std::uint32_t> types(const Frames& frames) {
    std::vector<std::uint32_t> all;
    for (const auto& frame : frames) all.push_back(frame.payloadtype());
    return all;
  }
  static ProtoOAOrderErrorEvent order_error(const Frames& frames) {
    EXPECT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames.at(0).payloadtype(), PROTO_OA_ORDER_ERROR_EVENT);
    EXPECT_EQ(frames.at(0).clientmsgid(), "id");
    return body<ProtoOAOrderErrorEvent>(frames.at(0));
  }
};

TEST_F(SessionTrading, NobodyTradesBeforeHisAuthorisation) {
  EXPECT_EQ(code(order(BUY)), "CH_CLIENT_NOT_AUTHENTICATED");
  application_auth();
  EXPECT_EQ(code(order(BUY)), "ACCOUNT_NOT_AUTHORIZED");
  account_auth();
  session.disconnect_accounts();
  (void)sent();
  EXPECT_EQ(code(order(BUY)), "ACCOUNT_NOT_AUTHORIZED");

  EXPECT_TRUE(trading_account.orders().empty());
}

class SessionLooking : public SessionTrading {
 protected:
  SessionLooking() : SessionTrading(SessionSettings()) { log_in(); }
};

TEST_F(SessionLooking, AGrantForLookingTradesNothing) {
  ProtoOACancelOrderReq cancel;
  cancel.set_orderid(1);

  EXPECT_EQ(order_error(order(BUY)).errorcode(), "TRADING_NOT_ALLOWED");
  EXPECT_EQ(order_error(ask(PROTO_OA_CANCEL_ORDER_REQ, cancel)).errorcode(), "TRADING_NOT_ALLOWED");
  EXPECT_TRUE(trading_account.orders().empty());
}

TEST_F(SessionTrading, TheAccountListTellsTheScopeAndARefreshKeepsIt) {
  log_in();
  ProtoOARefreshTokenReq refresh;
  refresh.set_refreshtoken("simulator-refresh-token");
  (void)request(PROTO_OA_REFRESH_TOKEN_REQ, refresh);
  (void)account_auth(account, "simulator-token-2");
  ProtoOAGetAccountListByAccessTokenReq list;
  list.set_accesstoken("simulator-token-2");

  const auto answer = request(PROTO_OA_GET_ACCOUNTS_BY_ACCESS_TOKEN_REQ, list);

  EXPECT_EQ(body<ProtoOAGetAccountListByAccessTokenRes>(answer.at(0)).permissionscope(),
            SCOPE_TRADE);
  EXPECT_EQ(order(BUY).size(), 2U);
}

TEST_F(SessionTrading, AnotherConnectionSeesTheEventsWithTheIdOfWhoAsked) {
  log_in();
  ProtoOANewOrderReq message;
  message.set_symbolid(1);
  message.set_ordertype(MARKET);
  message.set_tradeside(BUY);
  message.set_volume(lot);
  message.set_relativestoploss(500);

  const auto told = ask(PROTO_OA_NEW_ORDER_REQ, message);

  ASSERT_THAT(types(told), ElementsAre(PROTO_OA_EXECUTION_EVENT, PROTO_OA_EXECUTION_EVENT,
                                       PROTO_OA_EXECUTION_EVENT));
  EXPECT_EQ(told[0].clientmsgid(), "id");
  EXPECT_EQ(told[1].clientmsgid(), "id");
  EXPECT_FALSE(told[2].has_clientmsgid()) << "the server's own order";
}

TEST_F(SessionTrading, AClosedPositionChangesTheTrader) {
  log_in();
  const auto opened = body<ProtoOAExecutionEvent>(order(BUY).at(1));
  ProtoOAClosePositionReq close;
  close.set_positionid(opened.position().positionid());
  close.set_volume(lot);

  const auto told = ask(PROTO_OA_CLOSE_POSITION_REQ, close);

  ASSERT_THAT(types(told), ElementsAre(PROTO_OA_EXECUTION_EVENT, PROTO_OA_EXECUTION_EVENT,
                                       PROTO_OA_TRADER_UPDATE_EVENT));
  EXPECT_FALSE(told[2].has_clientmsgid());
  const auto trader = body<ProtoOATraderUpdatedEvent>(told[2]).trader();
  EXPECT_EQ(trader.balance(), 999'000) << "a lot over a spread of ten points";
  EXPECT_EQ(trader.balanceversion(), 1);
  const auto asked = body<ProtoOATraderRes>(ask(PROTO_OA_TRADER_REQ, ProtoOATraderReq()).at(0));
  EXPECT_EQ(asked.trader().balance(), 999'000);
}

TEST_F(SessionTrading, WhatIsOpenAndWhatWasDoneIsListed) {
  log_in();
  const auto opened = body<ProtoOAExecutionEvent>(order(BUY).at(1));
  const auto position = opened.position().positionid();
  ProtoOAClosePositionReq close;
  close.set_positionid(position);
  close.set_volume(lot / 2);
  const auto closed = body<ProtoOAExecutionEvent>(ask(PROTO_OA_CLOSE_POSITION_REQ, close).at(1));

  const auto state =
      body<ProtoOAReconcileRes>(ask(PROTO_OA_RECONCILE_REQ, ProtoOAReconcileReq()).at(0));
  ASSERT_EQ(state.position_size(), 1);
  EXPECT_EQ(state.position(0).tradedata().volume(), lot / 2);
  const auto profits = body<ProtoOAGetPositionUnrealizedPnLRes>(
      ask(PROTO_OA_GET_POSITION_UNREALIZED_PNL_REQ, ProtoOAGetPositionUnrealizedPnLReq()).at(0));
  ASSERT_EQ(profits.positionunrealizedpnl_size(), 1);
  EXPECT_EQ(profits.positionunrealizedpnl(0).grossunrealizedpnl(), -500);

  ProtoOADealListReq newest;
  newest.set_maxrows(1);
  const auto deals = body<ProtoOADealListRes>(ask(PROTO_OA_DEAL_LIST_REQ, newest).at(0));
  ASSERT_EQ(deals.deal_size(), 1);
  EXPECT_EQ(deals.deal(0).dealid(), closed.deal().dealid());
  EXPECT_TRUE(deals.hasmore());
  ProtoOADealListByPositionIdReq of_position;
  of_position.set_positionid(position);
  EXPECT_EQ(body<ProtoOADealListByPositionIdRes>(
                ask(PROTO_OA_DEAL_LIST_BY_POSITION_ID_REQ, of_position).at(0))
                .deal_size(),
            2);
  of_position.set_positionid(position + 1);
  EXPECT_EQ(body<ProtoOADealListByPositionIdRes>(
                ask(PROTO_OA_DEAL_LIST_BY_POSITION_ID_REQ, of_position).at(0))
                .deal_size(),
            0);
  const auto orders =
      body<ProtoOAOrderListRes>(ask(PROTO_OA_ORDER_LIST_REQ, ProtoOAOrderListReq()).at(0));
  ASSERT_EQ(orders.order_size(), 2);
  EXPECT_EQ(orders.order(0).orderid(), closed.order().orderid()) << "newest first";
  EXPECT_EQ(orders.order(1).clientorderid(), "mine");

  ProtoOAOrderDetailsReq details;
  details.set_orderid(opened.order().orderid());
  const auto of_order =
      body<ProtoOAOrderDetailsRes>(ask(PROTO_OA_ORDER_DETAILS_REQ, details).at(0));
  EXPECT_EQ(of_order.order().orderstatus(), ORDER_STATUS_FILLED);
  ASSERT_EQ(of_order.deal_size(), 1);
  EXPECT_EQ(of_order.deal(0).dealid(), opened.deal().dealid());
  ProtoOADealOffsetListReq offsets;
  offsets.set_dealid(opened.deal().dealid());
  const auto of_deal =
      body<ProtoOADealOffsetListRes>(ask(PROTO_OA_DEAL_OFFSET_LIST_REQ, offsets).at(0));
  ASSERT_EQ(of_deal.offsetby_size(), 1);
  EXPECT_EQ(of_deal.offsetby(0).dealid(), closed.deal().dealid());
  EXPECT_EQ(of_deal.offsetby(0).volume(), lot / 2);
  EXPECT_EQ(of_deal.offsetting_size(), 0);
}

TEST_F(SessionTrading, TheMarketFillsWhatWaitsAndNobodysIdIsOnIt) {
  log_in();
  ProtoOANewOrderReq limit;
  limit.set_symbolid(1);
  limit.set_ordertype(LIMIT);
  limit.set_tradeside(BUY);
  limit.set_volume(lot);
  limit.set_limitprice(0.999);
  ASSERT_EQ(ask(PROTO_OA_NEW_ORDER_REQ, limit).size(), 1U);
  Event event{.time_ns = start_ns + 1, .symbol = 0};
  event.spot = {.bid = market::Price{99'880}, .ask = market::Price{99'890}};

  market(event);
  const auto told = sent();

  ASSERT_THAT(types(told), ElementsAre(PROTO_OA_EXECUTION_EVENT));
  EXPECT_FALSE(told[0].has_clientmsgid());
  EXPECT_EQ(body<ProtoOAExecutionEvent>(told[0]).executiontype(), ORDER_FILLED);
}

TEST_F(SessionTrading, ARefusedOrderIsToldToWhoAskedWithWhatItWasAbout) {
  log_in();
  ProtoOACancelOrderReq cancel;
  cancel.set_orderid(17);

  const auto error = order_error(ask(PROTO_OA_CANCEL_ORDER_REQ, cancel));

  EXPECT_EQ(error.errorcode(), "ORDER_NOT_FOUND");
  EXPECT_EQ(error.orderid(), 17);
  EXPECT_EQ(error.ctidtraderaccountid(), account);
}

}  // namespace
}  // namespace depthwire::simulator
