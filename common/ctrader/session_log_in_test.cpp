#include "common/ctrader/session_fixture.hpp"

namespace depthwire::ctrader {
namespace {

using ::testing::HasSubstr;

TEST_F(SessionTest, LogsInStepByStep) {
  run(session_.start(now_));
  EXPECT_TRUE(last<OpenConnection>());
  EXPECT_EQ(session_.state(), SessionState::connecting);

  run(session_.opened(now_));
  EXPECT_EQ(session_.state(), SessionState::app_auth);
  EXPECT_EQ(last<SendRequest>()->request.payload_type, 2100U);

  answer(2101, ProtoOAApplicationAuthRes());
  EXPECT_EQ(session_.state(), SessionState::account_auth);
  EXPECT_EQ(last<SendRequest>()->request.payload_type, 2149U);

  answer(2150, accounts());
  EXPECT_EQ(last<SendRequest>()->request.payload_type, 2102U);

  answer(2103, ProtoOAAccountAuthRes());
  EXPECT_EQ(session_.state(), SessionState::ready);
}

TEST_F(SessionTest, WhatIsAuthenticatedAlreadyCountsAsDone) {
  connect();
  refuse("CH_CLIENT_ALREADY_AUTHENTICATED");
  EXPECT_EQ(session_.state(), SessionState::account_auth);

  answer(2150, accounts());
  refuse("ALREADY_LOGGED_IN");
  EXPECT_EQ(session_.state(), SessionState::ready);
}

TEST_F(SessionTest, AWrongSecretIsAnErrorWithTheBrokersCodeAndIsTriedAgainAfter15Minutes) {
  connect();
  refuse("CH_CLIENT_AUTH_FAILURE");

  EXPECT_EQ(session_.state(), SessionState::error);
  EXPECT_EQ(reason(), "CH_CLIENT_AUTH_FAILURE: told so");
  EXPECT_TRUE(last<CloseConnection>());

  wait(15min - 1s);
  EXPECT_EQ(session_.state(), SessionState::error);
  wait(1s);
  EXPECT_EQ(session_.state(), SessionState::connecting);
}

TEST_F(SessionTest, ARefusedTokenIsAnErrorThatLeavesTheConnectionOpen) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  refuse("CH_ACCESS_TOKEN_INVALID");

  EXPECT_EQ(session_.state(), SessionState::error);
  EXPECT_THAT(reason(), HasSubstr("CH_ACCESS_TOKEN_INVALID"));
  EXPECT_TRUE(session_.connected());
  wait(10s);
  EXPECT_TRUE(last<SendHeartbeat>());
}

TEST_F(SessionTest, ARefusedTokenIsTriedAgainAfter15Minutes) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  refuse("CH_ACCESS_TOKEN_INVALID");

  pass_with_heartbeats(15min - 1s);
  EXPECT_EQ(session_.state(), SessionState::error);
  pass_with_heartbeats(1s);
  EXPECT_EQ(session_.state(), SessionState::account_auth);
  EXPECT_EQ(last<SendRequest>()->request.payload_type, 2149U);
}

TEST_F(SessionTest, ALostConnectionMakesARefusedTokenNoBetter) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  refuse("CH_ACCESS_TOKEN_INVALID");

  run(session_.failed(now_, "closed by the server"));

  EXPECT_EQ(session_.state(), SessionState::error);
  EXPECT_EQ(session_.next_tick() - now_, 15min);
  run(session_.credentials(now_, "another", account_id));
  EXPECT_TRUE(last<OpenConnection>());
}

TEST_F(SessionTest, AnotherTokenIsTriedAtOnce) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  refuse("CH_ACCESS_TOKEN_INVALID");

  run(session_.credentials(now_, "another", account_id));

  EXPECT_EQ(session_.state(), SessionState::account_auth);
  ProtoOAGetAccountListByAccessTokenReq request;
  ASSERT_TRUE(request.ParseFromString(last<SendRequest>()->request.payload));
  EXPECT_EQ(request.accesstoken(), "another");
}

TEST_F(SessionTest, ATokenThatWasReplacedMeanwhileIsNoErrorWhenRefused) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  const auto asked = last<SendRequest>()->client_msg_id;
  run(session_.credentials(now_, "another", account_id));

  ProtoOAErrorRes error;
  error.set_errorcode("CH_ACCESS_TOKEN_INVALID");
  deliver(2142, error, asked);

  EXPECT_EQ(session_.state(), SessionState::account_auth);
  EXPECT_EQ(last<SendRequest>()->request.payload_type, 2149U);
}

TEST_F(SessionTest, WithoutATokenItWaitsForOne) {
  session_ = Session(
      "test", Account{"id", "secret", "", 0, false}, [] { return 0.0; }, [] { return 0; });
  run(session_.start(now_));
  EXPECT_EQ(session_.state(), SessionState::disconnected);
  EXPECT_FALSE(last<OpenConnection>());
  EXPECT_EQ(session_.next_tick(), TimePoint::max());

  run(session_.credentials(now_, "token", account_id));

  EXPECT_TRUE(last<OpenConnection>());
}

TEST_F(SessionTest, AnotherAccountIsAuthenticatedAtOnce) {
  log_in();

  run(session_.credentials(now_, "another", account_id + 1));

  ProtoOAAccountAuthReq request;
  ASSERT_TRUE(request.ParseFromString(last<SendRequest>()->request.payload));
  EXPECT_EQ(request.ctidtraderaccountid(), account_id + 1);
}

TEST_F(SessionTest, ANewTokenLeavesTheAccountInPeaceUntilTheServerEndsTheOldOne) {
  log_in();
  run(session_.credentials(now_, "another", account_id));
  EXPECT_TRUE(last_.empty());

  ProtoOAAccountsTokenInvalidatedEvent event;
  event.add_ctidtraderaccountids(account_id);
  deliver(2147, event);

  ProtoOAAccountAuthReq request;
  ASSERT_TRUE(request.ParseFromString(last<SendRequest>()->request.payload));
  EXPECT_EQ(request.accesstoken(), "another");
}

TEST_F(SessionTest, AnAccountThatTheTokenDoesNotCoverIsAnError) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  answer(2150, ProtoOAGetAccountListByAccessTokenRes());

  EXPECT_EQ(session_.state(), SessionState::error);
  EXPECT_THAT(reason(), HasSubstr("1000001"));
  EXPECT_FALSE(last<GiveUp>());
}

TEST_F(SessionTest, ALiveAccountInAnotherEnvironmentEndsTheProcess) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  answer(2150, accounts(true));

  ASSERT_TRUE(last<GiveUp>());
  EXPECT_THAT(last<GiveUp>()->reason, HasSubstr("1000001 is a live account"));
}

TEST_F(SessionTest, ADemoAccountInTheLiveEnvironmentEndsTheProcess) {
  session_ = make(true);
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  answer(2150, accounts(false));

  ASSERT_TRUE(last<GiveUp>());
}

TEST_F(SessionTest, ATransientErrorIsTriedAgainSoon) {
  connect();
  refuse("CANT_ROUTE_REQUEST");

  EXPECT_EQ(session_.state(), SessionState::disconnected);
  wait(1s);
  EXPECT_EQ(session_.state(), SessionState::connecting);
}

TEST_F(SessionTest, AThrottledLogInWaitsAsLongAsTold) {
  connect();
  ProtoOAErrorRes error;
  error.set_errorcode("BLOCKED_PAYLOAD_TYPE");
  error.set_retryafter(30);
  answer(2142, error);

  wait(29s);
  EXPECT_EQ(session_.state(), SessionState::disconnected);
  wait(1s);
  EXPECT_EQ(session_.state(), SessionState::connecting);
}

TEST_F(SessionTest, AMaintenanceIsWaitedFor) {
  connect();
  ProtoOAErrorRes error;
  error.set_errorcode("SERVER_IS_UNDER_MAINTENANCE");
  error.set_maintenanceendtimestamp(1'789'757'100 + 120);
  refuse(error);

  wait(119s);
  EXPECT_EQ(session_.state(), SessionState::disconnected);
  wait(1s);
  EXPECT_EQ(session_.state(), SessionState::connecting);
}

TEST_F(SessionTest, AMaintenanceIsWaitedForAlsoWhenTheConnectionIsLostMeanwhile) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  ProtoOAErrorRes error;
  error.set_errorcode("SERVER_IS_UNDER_MAINTENANCE");
  error.set_maintenanceendtimestamp(1'789'757'100 + 120);
  refuse(error);

  run(session_.failed(now_, "closed by the server"));

  EXPECT_EQ(session_.next_tick() - now_, 120s);
}

TEST_F(SessionTest, AnErrorThatNamesNoRequestIsTheAnswerToTheLogIn) {
  connect();
  ProtoErrorRes error;
  error.set_errorcode("CANT_ROUTE_REQUEST");

  deliver(50, error);

  EXPECT_EQ(session_.state(), SessionState::disconnected);
  EXPECT_EQ(reason(), "CANT_ROUTE_REQUEST");
}

TEST_F(SessionTest, AnErrorThatNamesNoRequestChangesNothingLater) {
  log_in();
  ProtoErrorRes error;
  error.set_errorcode("CANT_ROUTE_REQUEST");

  deliver(50, error);

  EXPECT_FALSE(consumed_);
  EXPECT_EQ(session_.state(), SessionState::ready);
}

TEST_F(SessionTest, AnApplicationThatIsNoLongerAuthenticatedNeedsAnotherConnection) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());

  refuse("CH_CLIENT_NOT_AUTHENTICATED");

  EXPECT_EQ(session_.state(), SessionState::disconnected);
}

TEST_F(SessionTest, AnAccountWhoseServerIsAwayIsTriedAgainOnTheSameConnection) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  answer(2150, accounts());

  refuse("CANT_ROUTE_REQUEST");

  EXPECT_EQ(session_.state(), SessionState::account_auth);
  EXPECT_EQ(reason(), "CANT_ROUTE_REQUEST: told so");
  EXPECT_FALSE(last<CloseConnection>());
  wait(1s);
  EXPECT_EQ(last<SendRequest>()->request.payload_type, 2102U);
  answer(2103, ProtoOAAccountAuthRes());
  EXPECT_EQ(session_.state(), SessionState::ready);
}

TEST_F(SessionTest, AListOfAccountsThatIsRefusedIsAskedForAgain) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());

  refuse("TIMEOUT_ERROR");

  wait(1s);
  EXPECT_EQ(last<SendRequest>()->request.payload_type, 2149U);
}

TEST_F(SessionTest, AnAccountThatIsRefusedAgainAndAgainGetsAnotherConnection) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  answer(2150, accounts());
  std::vector<std::chrono::seconds> delays;

  while (session_.state() == SessionState::account_auth) {
    refuse("CANT_ROUTE_REQUEST");
    const auto begin = now_;
    while (session_.state() == SessionState::account_auth && !last<SendRequest>()) wait(1min);
    delays.push_back(std::chrono::duration_cast<std::chrono::seconds>(now_ - begin));
  }

  EXPECT_THAT(delays, ::testing::ElementsAre(1s, 1s, 3s, 6s, 12s, 0s));
  EXPECT_EQ(session_.state(), SessionState::disconnected);
}

TEST_F(SessionTest, HeartbeatsGoOnWhileAnAccountWaits) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  ProtoOAErrorRes error;
  error.set_errorcode("SERVER_IS_UNDER_MAINTENANCE");
  error.set_maintenanceendtimestamp(1'789'757'100 + 60);
  refuse(error);

  wait(20s);

  EXPECT_TRUE(last<SendHeartbeat>());
}

TEST_F(SessionTest, AMissingAnswerEndsTheAttempt) {
  connect();

  while (session_.state() == SessionState::app_auth) wait(20s);

  EXPECT_EQ(session_.state(), SessionState::disconnected);
  EXPECT_THAT(reason(), HasSubstr("no answer"));
}

}  // namespace
}  // namespace depthwire::ctrader
