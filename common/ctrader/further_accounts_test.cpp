#include "common/ctrader/further_accounts_fixture.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace depthwire::ctrader {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(FurtherAccountsTest, NothingIsAskedBeforeTheSessionIsReady) {
  list(second, false);
  pass(1h);

  EXPECT_EQ(asked(), 0);
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_EQ(accounts_.next_tick(), TimePoint::max());
}

TEST_F(FurtherAccountsTest, TheyAreAuthenticatedOneAfterAnotherWithTheSameToken) {
  ready();
  EXPECT_EQ(asked(), second);
  EXPECT_EQ(asked_->accesstoken(), "token");
  EXPECT_THAT(told_, ElementsAre("2 account-auth: authenticating the account"));

  accept();
  EXPECT_TRUE(consumed_);
  EXPECT_EQ(asked(), third);
  EXPECT_THAT(told_, ElementsAre("2 ready: account authenticated",
                                 "3 account-auth: authenticating the account"));

  accept();
  EXPECT_EQ(asked(), 0);
  EXPECT_EQ(accounts_.next_tick(), TimePoint::max());
}

TEST_F(FurtherAccountsTest, WhatIsAuthenticatedAlreadyCountsAsDone) {
  ready();

  refuse("ALREADY_LOGGED_IN");

  EXPECT_EQ(states_[second], SessionState::ready);
}

TEST_F(FurtherAccountsTest, ATransientRefusalIsTriedAgainWithGrowingDelaysWhileTheNextHasItsTurn) {
  ready();
  refuse("CANT_ROUTE_REQUEST");
  EXPECT_THAT(told_, ElementsAre("2 account-auth: CANT_ROUTE_REQUEST: told so",
                                 "3 account-auth: authenticating the account"));
  accept();
  std::vector<std::chrono::seconds> delays;

  for (int i = 0; i < 8; ++i) {
    delays.push_back(std::chrono::duration_cast<std::chrono::seconds>(until_next()));
    pass(until_next());
    ASSERT_EQ(asked(), second);
    refuse("CANT_ROUTE_REQUEST");
  }

  EXPECT_THAT(delays, ElementsAre(1s, 1s, 3s, 6s, 12s, 24s, 45s, 45s));
  EXPECT_EQ(states_[third], SessionState::ready);
}

TEST_F(FurtherAccountsTest, NoAnswerIsATransientRefusalAndALateOneIsPassedOver) {
  ready();
  const auto late = id_;

  pass(20s);
  EXPECT_THAT(told_.front(), "2 account-auth: no answer for 20 s while authenticating");
  EXPECT_EQ(asked(), third);

  deliver(2103, ProtoOAAccountAuthRes(), late);
  EXPECT_TRUE(consumed_);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(FurtherAccountsTest, AServerThatAsksToBeLeftAloneIsAskedForNoAccount) {
  ready();
  ProtoOAErrorRes error;
  error.set_errorcode("BLOCKED_PAYLOAD_TYPE");
  error.set_retryafter(30);
  refuse(error);

  EXPECT_EQ(asked(), 0);
  EXPECT_EQ(until_next(), 30s);
  pass(29s);
  EXPECT_EQ(asked(), 0);
  pass(1s);
  EXPECT_NE(asked(), 0);
}

TEST_F(FurtherAccountsTest, APermanentRefusalIsToldVerbatimAndTriedAgainAfter15Minutes) {
  ready();
  refuse("CH_CTID_TRADER_ACCOUNT_NOT_FOUND");
  EXPECT_THAT(told_.front(), "2 error: CH_CTID_TRADER_ACCOUNT_NOT_FOUND: told so");
  accept();

  pass(15min - 1s);
  EXPECT_EQ(asked(), 0);
  pass(1s);
  EXPECT_EQ(asked(), second);
  EXPECT_THAT(told_, ElementsAre("2 account-auth: trying again"));
}

TEST_F(FurtherAccountsTest, AnotherTokenIsTriedAtOnceForThoseInErrorOnly) {
  ready();
  accept();
  refuse("CH_ACCESS_TOKEN_INVALID");
  EXPECT_EQ(states_[third], SessionState::error);

  run(accounts_.credentials(now_, "token"));
  EXPECT_EQ(asked(), 0) << "the same token";
  run(accounts_.credentials(now_, "another"));

  EXPECT_EQ(asked(), third);
  EXPECT_EQ(asked_->accesstoken(), "another");
  EXPECT_EQ(states_[second], SessionState::ready);
}

TEST_F(FurtherAccountsTest, ATokenThatWasReplacedMeanwhileIsNoErrorWhenRefused) {
  ready();
  run(accounts_.credentials(now_, "another"));

  refuse("CH_ACCESS_TOKEN_INVALID");

  EXPECT_THAT(told_, IsEmpty());
  EXPECT_EQ(asked(), second);
  EXPECT_EQ(asked_->accesstoken(), "another");
}

TEST_F(FurtherAccountsTest, AnAccountOfTheWrongKindIsToldAndNeverAskedFor) {
  list(second, true);
  ready();
  EXPECT_THAT(told_.front(), "2 error: account 2 is a live account, the environment is not");
  EXPECT_EQ(asked(), third);
  accept();

  pass(24h);
  run(accounts_.credentials(now_, "another"));

  EXPECT_EQ(asked(), 0);
  EXPECT_EQ(states_[second], SessionState::error);
}

TEST_F(FurtherAccountsTest, TheSessionsOwnAccountIsNeverAskedFor) {
  run(accounts_.session_ready(now_, "token", second));

  EXPECT_THAT(told_.front(), "2 error: account 2 is the one whose market data is streamed");
  EXPECT_EQ(asked(), third);
}

TEST_F(FurtherAccountsTest, ADroppedAccountHealsAloneAndAtOnce) {
  log_in();

  drop(second);

  EXPECT_FALSE(consumed_) << "the session wants to hear of it too";
  EXPECT_THAT(told_, ElementsAre("2 account-auth: the server dropped the account's session"));
  EXPECT_EQ(asked(), second);
  accept();
  EXPECT_THAT(told_, ElementsAre("2 ready: account authenticated"));
  EXPECT_EQ(asked(), 0);
}

TEST_F(FurtherAccountsTest, AnAccountThatIsDroppedWheneverItIsInIsAskedForEverMoreSlowly) {
  log_in();
  drop(second);
  accept();

  drop(second);

  EXPECT_EQ(asked(), 0);
  EXPECT_EQ(until_next(), 1s);
  pass(1s);
  accept();
  now_ += 60s;
  drop(second);
  EXPECT_EQ(asked(), second) << "it was well for a minute";
}

TEST_F(FurtherAccountsTest, AnInvalidatedTokenConcernsTheAccountsThatItNames) {
  log_in();
  ProtoOAAccountsTokenInvalidatedEvent event;
  event.add_ctidtraderaccountids(main_account);
  event.add_ctidtraderaccountids(third);
  event.set_reason("revoked");

  deliver(2147, event);
  EXPECT_THAT(told_, ElementsAre("3 account-auth: the access token was invalidated: revoked"));
  drop(third);  // servers tell both
  refuse("CH_ACCESS_TOKEN_INVALID");

  EXPECT_THAT(told_, ElementsAre("3 error: CH_ACCESS_TOKEN_INVALID: told so"));
  EXPECT_EQ(states_[second], SessionState::ready);
}

TEST_F(FurtherAccountsTest, TheEndOfAccountsOfOthersIsPassedOver) {
  log_in();

  drop(main_account);
  drop(77);

  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(FurtherAccountsTest, WhileTheSessionIsNotReadyALossWaits) {
  log_in();
  accounts_.session_left();

  drop(second);
  EXPECT_EQ(states_[second], SessionState::account_auth);
  EXPECT_EQ(asked(), 0);
  EXPECT_EQ(accounts_.next_tick(), TimePoint::max());

  ready();
  EXPECT_EQ(asked(), second);
  accept();
  EXPECT_EQ(asked(), 0) << "the other one was in all the time";
}

TEST_F(FurtherAccountsTest, WhatWasInFlightWhenTheSessionLeftReadyIsAskedAgain) {
  ready();
  const auto before = id_;
  accounts_.session_left();
  deliver(2103, ProtoOAAccountAuthRes(), before);
  EXPECT_TRUE(consumed_);

  ready();

  EXPECT_EQ(asked(), second);
  EXPECT_NE(id_, before);
}

TEST_F(FurtherAccountsTest, ALostConnectionStartsAllOver) {
  ready();
  accept();
  refuse("RET_ACCOUNT_DISABLED");

  run(accounts_.disconnected(now_));
  EXPECT_THAT(told_, ElementsAre(HasSubstr("2 disconnected"), HasSubstr("3 disconnected")));
  EXPECT_EQ(accounts_.next_tick(), TimePoint::max());

  log_in();
}

}  // namespace
}  // namespace depthwire::ctrader
