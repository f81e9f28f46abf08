#include "common/ctrader/session.hpp"

#include "proto/ctrader/common.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace depthwire::ctrader {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr std::int64_t account_id = 1'000'001;

/// Drives a session as a connection would, with a clock of its own.
class SessionTest : public ::testing::Test {
 protected:
  Session make(bool live = false) {
    return Session("test", Account{"id", "secret", "token", account_id, live}, [] { return 0.0; });
  }

  /// Keeps what was done; the newest of each kind is what tests ask for.
  void run(Actions actions) { last_ = std::move(actions); }

  template <class A>
  [[nodiscard]] std::optional<A> last() const {
    std::optional<A> found;
    for (const auto& action : last_) {
      if (const auto* match = std::get_if<A>(&action)) found = *match;
    }
    return found;
  }
  [[nodiscard]] std::string reason() const {
    const auto changed = last<StateChanged>();
    return changed ? changed->reason : "no change of state";
  }

  void deliver(std::uint32_t type, const google::protobuf::MessageLite& message,
               const std::string& id = "") {
    const auto payload = message.SerializePartialAsString();
    session_.received(now_);
    run(session_.message(now_, Envelope{type, payload, id}, consumed_));
  }
  /// Answers the newest request.
  void answer(std::uint32_t type, const google::protobuf::MessageLite& message) {
    const auto request = last<SendRequest>();
    ASSERT_TRUE(request);
    deliver(type, message, request->client_msg_id);
  }
  void refuse(const std::string& code) {
    ProtoOAErrorRes error;
    error.set_errorcode(code);
    error.set_description("told so");
    answer(2142, error);
  }
  static ProtoOAGetAccountListByAccessTokenRes accounts(bool live = false) {
    ProtoOAGetAccountListByAccessTokenRes list;
    auto* entry = list.add_ctidtraderaccount();
    entry->set_ctidtraderaccountid(account_id);
    entry->set_islive(live);
    return list;
  }
  void connect() {
    run(session_.start(now_));
    run(session_.opened(now_));
  }
  void log_in() {
    connect();
    answer(2101, ProtoOAApplicationAuthRes());
    answer(2150, accounts());
    answer(2103, ProtoOAAccountAuthRes());
    ASSERT_EQ(session_.state(), SessionState::ready);
  }
  /// Lets time pass, tick by tick, until `until` or the first action.
  void wait(Duration longest) {
    const auto end = now_ + longest;
    run({});
    while (last_.empty() && session_.next_tick() <= end) {
      now_ = std::max(now_, session_.next_tick());
      run(session_.tick(now_));
    }
    if (last_.empty()) now_ = end;
  }

  TimePoint now_{1000h};
  Session session_ = make();
  Actions last_;
  bool consumed_ = false;
};

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

TEST_F(SessionTest, ARefusedTokenIsAnError) {
  connect();
  answer(2101, ProtoOAApplicationAuthRes());
  refuse("CH_ACCESS_TOKEN_INVALID");

  EXPECT_EQ(session_.state(), SessionState::error);
  EXPECT_THAT(reason(), HasSubstr("CH_ACCESS_TOKEN_INVALID"));
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

TEST_F(SessionTest, AMissingAnswerEndsTheAttempt) {
  connect();

  while (session_.state() == SessionState::app_auth) wait(20s);

  EXPECT_EQ(session_.state(), SessionState::disconnected);
  EXPECT_THAT(reason(), HasSubstr("no answer"));
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
