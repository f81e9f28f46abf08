#include "common/ctrader/session_fixture.hpp"

namespace depthwire::ctrader {
namespace {

using ::testing::HasSubstr;

TEST_F(SessionTest, DelaysDoubleUpToAMinute) {
  run(session_.start(now_));
  std::vector<std::chrono::seconds> delays;

  for (int i = 0; i < 9; ++i) {
    run(session_.failed(now_, "refused"));
    const auto begin = now_;
    wait(2min);
    delays.push_back(std::chrono::duration_cast<std::chrono::seconds>(now_ - begin));
  }

  // With the smallest random number a delay is three quarters of 1, 2, 4 ... 60 s, at least 1 s.
  EXPECT_THAT(delays, ::testing::ElementsAre(1s, 1s, 3s, 6s, 12s, 24s, 45s, 45s, 45s));
}

TEST_F(SessionTest, DelaysStartAnewAfterAMinuteInReady) {
  run(session_.start(now_));
  for (int i = 0; i < 8; ++i) {
    run(session_.failed(now_, "refused"));
    wait(2min);
  }
  run(session_.opened(now_));
  answer(2101, ProtoOAApplicationAuthRes());
  answer(2150, accounts());
  answer(2103, ProtoOAAccountAuthRes());
  now_ += 60s;

  run(session_.failed(now_, "closed by the server"));

  EXPECT_EQ(session_.next_tick() - now_, 1s);
}

TEST_F(SessionTest, SendsAHeartbeatAfterTenSecondsWithoutSending) {
  log_in();

  session_.sent(now_ + 4s);
  wait(13'999ms);
  EXPECT_FALSE(last<SendHeartbeat>());
  wait(1ms);
  EXPECT_TRUE(last<SendHeartbeat>());
}

TEST_F(SessionTest, SilenceOf65SecondsIsADeadLink) {
  log_in();
  const auto begin = now_;

  while (session_.state() == SessionState::ready) wait(20s);

  EXPECT_EQ(now_ - begin, 65s);
  EXPECT_EQ(session_.state(), SessionState::disconnected);
  EXPECT_TRUE(last<CloseConnection>());
  EXPECT_EQ(reason(), "no byte from the server for 65 s");
}

TEST_F(SessionTest, AnyByteKeepsTheLinkAlive) {
  log_in();

  for (int i = 0; i < 20; ++i) {
    now_ += 30s;
    session_.received(now_);
    run(session_.tick(now_));
    ASSERT_EQ(session_.state(), SessionState::ready);
  }
}

TEST_F(SessionTest, ADroppedAccountIsAuthenticatedAgainOnTheSameConnection) {
  log_in();
  ProtoOAAccountDisconnectEvent event;
  event.set_ctidtraderaccountid(account_id);

  deliver(2164, event);

  EXPECT_TRUE(consumed_);
  EXPECT_EQ(session_.state(), SessionState::account_auth);
  EXPECT_FALSE(last<CloseConnection>());
  answer(2103, ProtoOAAccountAuthRes());
  EXPECT_EQ(session_.state(), SessionState::ready);
}

TEST_F(SessionTest, AnAccountThatIsDroppedWheneverItIsAuthenticatedIsAskedForEverMoreSlowly) {
  log_in();
  ProtoOAAccountDisconnectEvent event;
  event.set_ctidtraderaccountid(account_id);
  deliver(2164, event);
  answer(2103, ProtoOAAccountAuthRes());

  deliver(2164, event);

  EXPECT_EQ(session_.state(), SessionState::account_auth);
  EXPECT_FALSE(last<SendRequest>());
  wait(1s);
  EXPECT_TRUE(last<SendRequest>());
}

TEST_F(SessionTest, AnAccountThatWasWellForAMinuteIsAuthenticatedAgainAtOnce) {
  log_in();
  ProtoOAAccountDisconnectEvent event;
  event.set_ctidtraderaccountid(account_id);
  deliver(2164, event);
  answer(2103, ProtoOAAccountAuthRes());
  now_ += 60s;

  deliver(2164, event);

  EXPECT_TRUE(last<SendRequest>());
}

TEST_F(SessionTest, TheEndOfAnotherAccountIsNotOurs) {
  log_in();
  ProtoOAAccountDisconnectEvent event;
  event.set_ctidtraderaccountid(5);

  deliver(2164, event);

  EXPECT_EQ(session_.state(), SessionState::ready);
}

TEST_F(SessionTest, AnInvalidatedTokenIsTriedOnceMoreThenAnError) {
  log_in();
  ProtoOAAccountsTokenInvalidatedEvent event;
  event.add_ctidtraderaccountids(account_id);
  event.set_reason("refreshed elsewhere");
  deliver(2147, event);
  EXPECT_EQ(session_.state(), SessionState::account_auth);
  EXPECT_THAT(reason(), HasSubstr("refreshed elsewhere"));

  refuse("CH_ACCESS_TOKEN_INVALID");

  EXPECT_EQ(session_.state(), SessionState::error);
}

TEST_F(SessionTest, TheServersFarewellLeadsToANewConnectionWithTheShortestDelay) {
  log_in();

  deliver(2148, ProtoOAClientDisconnectEvent());

  EXPECT_EQ(session_.state(), SessionState::disconnected);
  EXPECT_EQ(session_.next_tick() - now_, 1s);
}

TEST_F(SessionTest, ARequestRefusedForLackOfAuthorizationLeadsToANewLogIn) {
  log_in();
  run(session_.authorization_lost(now_, BrokerError{.code = "ACCOUNT_NOT_AUTHORIZED"}));
  EXPECT_EQ(session_.state(), SessionState::account_auth);
  answer(2103, ProtoOAAccountAuthRes());

  run(session_.authorization_lost(now_, BrokerError{.code = "CH_CLIENT_NOT_AUTHENTICATED"}));
  EXPECT_EQ(session_.state(), SessionState::disconnected);
}

TEST_F(SessionTest, MarketDataIsForOthers) {
  log_in();

  deliver(2131, ProtoOASpotEvent());

  EXPECT_FALSE(consumed_);
  EXPECT_TRUE(last_.empty());
}

TEST_F(SessionTest, AWrongCertificateEndsTheProcess) {
  run(session_.start(now_));

  run(session_.failed(now_, "certificate verify failed", true));

  EXPECT_EQ(session_.state(), SessionState::error);
  ASSERT_TRUE(last<GiveUp>());
}

TEST_F(SessionTest, AFailureAfterTheEndIsPassedOver) {
  connect();
  refuse("CH_CLIENT_AUTH_FAILURE");

  run(session_.failed(now_, "closed"));

  EXPECT_TRUE(last_.empty());
  EXPECT_EQ(session_.state(), SessionState::error);
}

}  // namespace
}  // namespace depthwire::ctrader
