#include "common/ctrader/further_accounts.hpp"

#include "proto/ctrader/messages.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace depthwire::ctrader {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t main_account = 1;
constexpr std::int64_t second = 2;
constexpr std::int64_t third = 3;

/// Drives the accounts as a client would, with a clock of its own.
class FurtherAccountsTest : public ::testing::Test {
 protected:
  /// Notes the states told of, and the request that is in flight.
  void run(const AccountActions& actions) {
    told_.clear();
    asked_.reset();
    for (const auto& action : actions) {
      if (const auto* request = std::get_if<SendRequest>(&action)) {
        EXPECT_FALSE(asked_) << "two requests at once";
        asked_.emplace();
        EXPECT_TRUE(asked_->ParseFromString(request->request.payload));
        EXPECT_EQ(request->request.payload_type, 2102U);
        id_ = request->client_msg_id;
      } else {
        const auto& changed = std::get<AccountChanged>(action);
        told_.push_back(std::to_string(changed.account_id) + " " +
                        std::string(to_string(changed.state)) + ": " + changed.reason);
        states_[changed.account_id] = changed.state;
      }
    }
  }
  void ready(const std::string& token = "token") {
    run(accounts_.session_ready(now_, token, main_account));
  }
  void deliver(std::uint32_t type, const google::protobuf::MessageLite& message,
               const std::string& id = "") {
    const auto payload = message.SerializePartialAsString();
    run(accounts_.message(now_, Envelope{type, payload, id}, consumed_));
  }
  void accept() { deliver(2103, ProtoOAAccountAuthRes(), id_); }
  void refuse(const ProtoOAErrorRes& error) { deliver(2142, error, id_); }
  void refuse(const std::string& code) {
    ProtoOAErrorRes error;
    error.set_errorcode(code);
    error.set_description("told so");
    refuse(error);
  }
  void drop(std::int64_t id) {
    ProtoOAAccountDisconnectEvent event;
    event.set_ctidtraderaccountid(id);
    deliver(2164, event);
  }
  void list(std::int64_t id, bool live) {
    ProtoOAGetAccountListByAccessTokenRes list;
    auto* entry = list.add_ctidtraderaccount();
    entry->set_ctidtraderaccountid(static_cast<std::uint64_t>(id));
    entry->set_islive(live);
    deliver(2150, list);
  }
  void log_in() {
    ready();
    accept();
    accept();
    ASSERT_EQ(states_[second], SessionState::ready);
    ASSERT_EQ(states_[third], SessionState::ready);
  }
  [[nodiscard]] std::int64_t asked() const { return asked_ ? asked_->ctidtraderaccountid() : 0; }
  /// Lets `time` pass; what is due then is done.
  void pass(Duration time) {
    now_ += time;
    run(accounts_.tick(now_));
  }
  [[nodiscard]] Duration until_next() const { return accounts_.next_tick() - now_; }

  TimePoint now_{1000h};
  std::int64_t unix_ms_ = 1'789'757'100'000;
  FurtherAccounts accounts_{"test",
                            {second, third},
                            false,
                            [] { return 0.0; },  // delays of three quarters, at least 1 s
                            [this] { return unix_ms_; }};
  std::optional<ProtoOAAccountAuthReq> asked_;
  std::string id_;
  std::vector<std::string> told_;  // by the newest event
  std::map<std::int64_t, SessionState> states_;
  bool consumed_ = false;
};

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

/// A server with all that may go wrong; what it does is decided by the seed.
TEST_F(FurtherAccountsTest, WhateverIsLostInTheEndEveryAccountIsInAndNoneWasAskedForTooEarly) {
  constexpr std::array errors{"CANT_ROUTE_REQUEST", "CH_ACCESS_TOKEN_INVALID", "ALREADY_LOGGED_IN",
                              "RET_ACCOUNT_DISABLED", "SOMETHING_NEW"};
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto below = [&random](unsigned bound) {
      return static_cast<unsigned>(random() % bound);
    };
    const std::vector<std::int64_t> ids{2, 3, 4, 5};
    accounts_ =
        FurtherAccounts{"test", ids, false, [&] { return static_cast<double>(below(1000)) / 1000; },
                        [this] { return unix_ms_; }};
    states_.clear();
    std::set<std::int64_t> in;  // by the server's book
    bool is_ready = false;
    std::int64_t in_flight = 0;
    int tokens = 0;
    const auto note = [&] {
      if (!asked_) return;
      ASSERT_TRUE(is_ready);
      ASSERT_EQ(in_flight, 0);
      ASSERT_NE(asked(), main_account);
      in_flight = asked();
    };
    const auto answer = [&](bool kindly) {
      const auto id = std::exchange(in_flight, 0);
      if (kindly || below(3) > 0) {
        in.insert(id);
        return accept();
      }
      const std::string code = errors.at(below(errors.size()));
      if (code == "ALREADY_LOGGED_IN") in.insert(id);
      refuse(code);
    };

    for (int step = 0; step < 200; ++step) {
      asked_.reset();
      switch (below(8)) {
        case 0:
          is_ready = true;
          ready("token" + std::to_string(tokens));
          break;
        case 1:
          if (below(3) > 0) break;
          is_ready = false;
          accounts_.session_left();
          if (in_flight != 0 && below(2) > 0) in.insert(in_flight);  // the answer is passed over
          in_flight = 0;
          break;
        case 2:
          if (below(6) > 0) break;
          is_ready = false;
          in_flight = 0;
          in.clear();
          run(accounts_.disconnected(now_));
          break;
        case 3: {
          const auto id = ids[below(4)];
          if (in.erase(id) > 0) drop(id);
          break;
        }
        case 4:
          if (below(4) == 0) ++tokens;
          run(accounts_.credentials(now_, "token" + std::to_string(tokens)));
          break;
        case 5:
          if (in_flight != 0) answer(false);
          break;
        default: {
          const auto deadline = accounts_.next_tick();
          if (in_flight != 0 && deadline <= now_ + 30s) in_flight = 0;  // never answered
          pass(30s);
        }
      }
      ASSERT_NO_FATAL_FAILURE(note());
    }
    if (!is_ready) {
      is_ready = true;
      asked_.reset();
      ready();
      ASSERT_NO_FATAL_FAILURE(note());
    }
    for (const auto end = now_ + 1h; now_ < end;) {
      if (in_flight != 0) {
        answer(true);
      } else {
        pass(std::clamp<Duration>(until_next(), 1ms, 1min));
      }
      ASSERT_NO_FATAL_FAILURE(note());
    }

    EXPECT_EQ(in, std::set(ids.begin(), ids.end()));
    for (const auto id : ids) EXPECT_EQ(states_[id], SessionState::ready) << id;
  }
}

}  // namespace
}  // namespace depthwire::ctrader
