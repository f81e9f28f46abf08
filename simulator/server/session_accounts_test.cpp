#include "simulator/server/session_fixture.hpp"

#include <gmock/gmock.h>

namespace depthwire::simulator {
namespace {

using namespace ctrader;
using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr std::int64_t second = 1'000'002;
constexpr std::int64_t third = 1'000'003;

SessionSettings three_accounts() {
  SessionSettings settings;
  settings.credentials.account_ids = {1'000'001, second, third};
  settings.credentials.may_trade = true;
  return settings;
}

/// A client that is authorised for three accounts on one connection.
class SessionAccounts : public SessionTest {
 protected:
  SessionAccounts() : SessionTest(three_accounts()) {
    log_in();
    account_auth(second);
    account_auth(third);
  }

  template <class Message>
  Frames spots_of(std::uint32_t payload_type, std::int64_t id) {
    Message message;
    message.set_ctidtraderaccountid(id);
    message.add_symbolid(1);
    return request(payload_type, message);
  }
  Frames subscribe_spots_of(std::int64_t id) {
    return spots_of<ProtoOASubscribeSpotsReq>(PROTO_OA_SUBSCRIBE_SPOTS_REQ, id);
  }
  /// "ok", or why not.
  std::string trader_of(std::int64_t id) {
    ProtoOATraderReq message;
    message.set_ctidtraderaccountid(id);
    const auto answer = request(PROTO_OA_TRADER_REQ, message);
    if (answer.at(0).payloadtype() != PROTO_OA_TRADER_RES) return code(answer);
    EXPECT_EQ(body<ProtoOATraderRes>(answer[0]).trader().ctidtraderaccountid(), id);
    return "ok";
  }
  static std::vector<std::uint32_t> types(const Frames& frames) {
    std::vector<std::uint32_t> all;
    for (const auto& frame : frames) all.push_back(frame.payloadtype());
    return all;
  }
};

TEST_F(SessionAccounts, TheListHasThemAllAndEachIsServedByItself) {
  ProtoOAGetAccountListByAccessTokenReq message;
  message.set_accesstoken("simulator-token");
  const auto list = body<ProtoOAGetAccountListByAccessTokenRes>(
      request(PROTO_OA_GET_ACCOUNTS_BY_ACCESS_TOKEN_REQ, message).at(0));

  ASSERT_EQ(list.ctidtraderaccount_size(), 3);
  EXPECT_EQ(list.ctidtraderaccount(2).ctidtraderaccountid(), 1'000'003U);
  for (const auto id : {account, second, third}) EXPECT_EQ(trader_of(id), "ok");
  EXPECT_EQ(trader_of(5), "ACCOUNT_NOT_AUTHORIZED");
  EXPECT_EQ(code(account_auth(second)), "ALREADY_LOGGED_IN");
}

TEST_F(SessionAccounts, TheLossOfOneLeavesTheOthers) {
  session.disconnect_accounts(second);
  const auto told = sent();

  ASSERT_EQ(types(told), std::vector<std::uint32_t>{PROTO_OA_ACCOUNT_DISCONNECT_EVENT});
  EXPECT_EQ(body<ProtoOAAccountDisconnectEvent>(told[0]).ctidtraderaccountid(), second);
  EXPECT_EQ(trader_of(second), "ACCOUNT_NOT_AUTHORIZED");
  EXPECT_EQ(trader_of(account), "ok");
  EXPECT_EQ(trader_of(third), "ok");
  EXPECT_EQ(account_auth(second).at(0).payloadtype(), PROTO_OA_ACCOUNT_AUTH_RES);
}

TEST_F(SessionAccounts, ATokenThatIsLostForOneIsRefusedForThatOneOnly) {
  tokens.invalidate(5s, now, second);
  session.invalidate_token("revoked", second);
  const auto told = sent();

  ASSERT_EQ(types(told), (std::vector<std::uint32_t>{PROTO_OA_ACCOUNTS_TOKEN_INVALIDATED_EVENT,
                                                     PROTO_OA_ACCOUNT_DISCONNECT_EVENT}));
  EXPECT_THAT(body<ProtoOAAccountsTokenInvalidatedEvent>(told[0]).ctidtraderaccountids(),
              ElementsAre(second));
  EXPECT_EQ(code(account_auth(second)), "CH_ACCESS_TOKEN_INVALID");
  EXPECT_EQ(trader_of(third), "ok");
  pass(5s);
  EXPECT_EQ(account_auth(second).at(0).payloadtype(), PROTO_OA_ACCOUNT_AUTH_RES);
}

TEST_F(SessionAccounts, ATokenThatIsLostForAllIsToldOnceAndEndsEach) {
  session.invalidate_token("revoked");
  const auto told = sent();

  ASSERT_EQ(told.size(), 4U);
  EXPECT_THAT(body<ProtoOAAccountsTokenInvalidatedEvent>(told[0]).ctidtraderaccountids(),
              ElementsAre(account, second, third));
}

TEST_F(SessionAccounts, SubscriptionsAreThoseOfOneAccount) {
  ASSERT_EQ(subscribe_spots_of(account).at(0).payloadtype(), PROTO_OA_SUBSCRIBE_SPOTS_RES);
  ASSERT_EQ(subscribe_spots_of(second).at(0).payloadtype(), PROTO_OA_SUBSCRIBE_SPOTS_RES);
  EXPECT_EQ(session.subscribed_symbols(), 1U);
  const auto accounts_of_spots = [this] {
    market({.time_ns = start_ns, .symbol = 0, .spot = {.bid = market::Price{100'001}}});
    std::vector<std::int64_t> ids;
    for (const auto& frame : sent()) {
      ids.push_back(body<ProtoOASpotEvent>(frame).ctidtraderaccountid());
    }
    return ids;
  };
  EXPECT_THAT(accounts_of_spots(), ElementsAre(account, second));

  session.disconnect_accounts(second);
  (void)sent();

  EXPECT_THAT(accounts_of_spots(), ElementsAre(account));
}

TEST_F(SessionAccounts, AnOrderIsThatOfOneAccount) {
  ProtoOANewOrderReq order;
  order.set_ctidtraderaccountid(third);
  order.set_symbolid(1);
  order.set_ordertype(LIMIT);
  order.set_tradeside(BUY);
  order.set_volume(100'000);
  order.set_limitprice(0.5);

  const auto told = request(PROTO_OA_NEW_ORDER_REQ, order);

  ASSERT_FALSE(told.empty());
  ASSERT_EQ(told[0].payloadtype(), PROTO_OA_EXECUTION_EVENT);
  EXPECT_EQ(body<ProtoOAExecutionEvent>(told[0]).ctidtraderaccountid(), third);
  EXPECT_EQ(accounts.at(2).trading.pending_orders(false).size(), 1U);
  EXPECT_TRUE(accounts.at(0).trading.pending_orders(false).empty());
}

}  // namespace
}  // namespace depthwire::simulator
