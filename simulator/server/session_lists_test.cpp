#include "simulator/server/session_fixture.hpp"

namespace depthwire::simulator {
namespace {

using namespace ctrader;

class SessionLists : public SessionTest {
 protected:
  SessionLists() { log_in(); }

  template <class Message>
  Frames ask(std::uint32_t payload_type, Message message) {
    message.set_ctidtraderaccountid(account);
    return request(payload_type, message);
  }
};

TEST_F(SessionLists, NothingWasTraded) {
  ProtoOADealListByPositionIdReq deals_of_position;
  deals_of_position.set_positionid(7);
  ProtoOAOrderListByPositionIdReq orders_of_position;
  orders_of_position.set_positionid(7);

  const auto deals = ask(PROTO_OA_DEAL_LIST_REQ, ProtoOADealListReq());
  const auto orders = ask(PROTO_OA_ORDER_LIST_REQ, ProtoOAOrderListReq());

  ASSERT_EQ(deals.size(), 1U);
  EXPECT_EQ(deals[0].payloadtype(), PROTO_OA_DEAL_LIST_RES);
  EXPECT_EQ(body<ProtoOADealListRes>(deals[0]).deal_size(), 0);
  EXPECT_FALSE(body<ProtoOADealListRes>(deals[0]).hasmore());
  EXPECT_EQ(orders[0].payloadtype(), PROTO_OA_ORDER_LIST_RES);
  EXPECT_EQ(ask(PROTO_OA_DEAL_LIST_BY_POSITION_ID_REQ, deals_of_position)[0].payloadtype(),
            PROTO_OA_DEAL_LIST_BY_POSITION_ID_RES);
  EXPECT_EQ(ask(PROTO_OA_ORDER_LIST_BY_POSITION_ID_REQ, orders_of_position)[0].payloadtype(),
            PROTO_OA_ORDER_LIST_BY_POSITION_ID_RES);
}

TEST_F(SessionLists, WhatIsNotThereIsToldByName) {
  ProtoOAOrderDetailsReq order;
  order.set_orderid(7);
  ProtoOADealOffsetListReq deal;
  deal.set_dealid(7);

  EXPECT_EQ(code(ask(PROTO_OA_ORDER_DETAILS_REQ, order)), "ORDER_NOT_FOUND");
  EXPECT_EQ(code(ask(PROTO_OA_DEAL_OFFSET_LIST_REQ, deal)), "ENTITY_NOT_FOUND");
}

TEST_F(SessionLists, BoundsAreChecked) {
  ProtoOADealListReq backwards;
  backwards.set_fromtimestamp(2);
  backwards.set_totimestamp(1);
  ProtoOACashFlowHistoryListReq week;
  week.set_fromtimestamp(0);
  week.set_totimestamp(604'800'000);
  auto longer = week;
  longer.set_totimestamp(604'800'001);

  EXPECT_EQ(code(ask(PROTO_OA_DEAL_LIST_REQ, backwards)), "INCORRECT_BOUNDARIES");
  EXPECT_EQ(ask(PROTO_OA_CASH_FLOW_HISTORY_LIST_REQ, week)[0].payloadtype(),
            PROTO_OA_CASH_FLOW_HISTORY_LIST_RES);
  EXPECT_EQ(code(ask(PROTO_OA_CASH_FLOW_HISTORY_LIST_REQ, longer)), "INCORRECT_BOUNDARIES");
}

TEST_F(SessionLists, TheyAreLimitedAsHistory) {
  for (int i = 0; i < 5; ++i) (void)ask(PROTO_OA_DEAL_LIST_REQ, ProtoOADealListReq());

  EXPECT_EQ(code(ask(PROTO_OA_ORDER_LIST_REQ, ProtoOAOrderListReq())),
            "REQUEST_FREQUENCY_EXCEEDED");
}

}  // namespace
}  // namespace depthwire::simulator
