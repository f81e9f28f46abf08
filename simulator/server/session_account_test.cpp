#include "simulator/server/reference_data.hpp"
#include "simulator/server/session_fixture.hpp"

namespace depthwire::simulator {
namespace {

using namespace ctrader;

using SessionAccount = SessionTest;

TEST_F(SessionAccount, TheMarginOfALotIsAHundredthOfItsPrice) {
  log_in();
  ProtoOAExpectedMarginReq message;
  message.set_ctidtraderaccountid(account);
  message.set_symbolid(1);         // EURUSD, 1.00000 / 1.00010
  message.add_volume(10'000'000);  // 100,000 EUR cost 100,010 USD, and give 100,000
  message.add_volume(100'000);

  const auto answer = request(PROTO_OA_EXPECTED_MARGIN_REQ, message);

  ASSERT_EQ(answer.size(), 1U);
  ASSERT_EQ(answer[0].payloadtype(), PROTO_OA_EXPECTED_MARGIN_RES);
  const auto margins = body<ProtoOAExpectedMarginRes>(answer[0]);
  ASSERT_EQ(margins.margin_size(), 2);
  EXPECT_EQ(margins.moneydigits(), 2U);
  EXPECT_EQ(margins.margin(0).volume(), 10'000'000);
  EXPECT_EQ(margins.margin(0).buymargin(), 100'010);
  EXPECT_EQ(margins.margin(0).sellmargin(), 100'000);
  EXPECT_EQ(margins.margin(1).sellmargin(), 1'000);
}

TEST_F(SessionAccount, ARateGoesAlongTheChainInEitherDirection) {
  // EUR to USD at 1.00000, USD to GBP at 1 / 1.00000 by bids; asks are 1.00010 both times.
  EXPECT_DOUBLE_EQ(*conversion_rate(board, "EUR", "GBP", market::Side::bid), 1);
  EXPECT_DOUBLE_EQ(*conversion_rate(board, "USD", "GBP", market::Side::ask), 1 / 1.0001);
  EXPECT_DOUBLE_EQ(*conversion_rate(board, "USD", "USD", market::Side::ask), 1);
  EXPECT_FALSE(conversion_rate(board, "EUR", "JPY", market::Side::bid));
}

TEST_F(SessionAccount, AMarginCallIsChangedForEverybodyAndTold) {
  log_in();
  ProtoOAMarginCallListReq list;
  list.set_ctidtraderaccountid(account);
  ProtoOAMarginCallUpdateReq update;
  update.set_ctidtraderaccountid(account);
  update.mutable_margincall()->set_margincalltype(MARGIN_LEVEL_THRESHOLD_2);
  update.mutable_margincall()->set_marginlevelthreshold(80);

  const auto told = request(PROTO_OA_MARGIN_CALL_UPDATE_REQ, update);
  const auto calls =
      body<ProtoOAMarginCallListRes>(request(PROTO_OA_MARGIN_CALL_LIST_REQ, list).at(0));

  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].payloadtype(), PROTO_OA_MARGIN_CALL_UPDATE_RES);
  EXPECT_EQ(told[1].payloadtype(), PROTO_OA_MARGIN_CALL_UPDATE_EVENT);
  const auto event = body<ProtoOAMarginCallUpdateEvent>(told[1]);
  EXPECT_EQ(event.margincall().utclastupdatetimestamp(), start_ns / 1'000'000);
  ASSERT_EQ(calls.margincall_size(), 3);
  EXPECT_EQ(calls.margincall(0).marginlevelthreshold(), 100);
  EXPECT_EQ(calls.margincall(1).margincalltype(), MARGIN_LEVEL_THRESHOLD_2);
  EXPECT_EQ(calls.margincall(1).marginlevelthreshold(), 80);
}

TEST_F(SessionAccount, NothingIsOpenSoNothingIsWonOrLost) {
  log_in();
  ProtoOAGetPositionUnrealizedPnLReq message;
  message.set_ctidtraderaccountid(account);

  const auto answer = request(PROTO_OA_GET_POSITION_UNREALIZED_PNL_REQ, message);

  ASSERT_EQ(answer.size(), 1U);
  ASSERT_EQ(answer[0].payloadtype(), PROTO_OA_GET_POSITION_UNREALIZED_PNL_RES);
  EXPECT_EQ(body<ProtoOAGetPositionUnrealizedPnLRes>(answer[0]).positionunrealizedpnl_size(), 0);
}

}  // namespace
}  // namespace depthwire::simulator
