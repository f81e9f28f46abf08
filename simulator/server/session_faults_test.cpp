#include "simulator/server/session_fixture.hpp"

#include <gmock/gmock.h>

namespace depthwire::simulator {
namespace {

using namespace ctrader;
using namespace std::chrono_literals;

using SessionFaults = SessionTest;

TEST_F(SessionFaults, ACommandedErrorComesInsteadOfTheAnswer) {
  faults.apply(ErrorReply{"CH_SERVER_NOT_REACHABLE", PROTO_OA_APPLICATION_AUTH_REQ, 1});

  EXPECT_EQ(code(application_auth()), "CH_SERVER_NOT_REACHABLE");
  EXPECT_EQ(application_auth()[0].payloadtype(), PROTO_OA_APPLICATION_AUTH_RES);
}

TEST_F(SessionFaults, AnIgnoredRequestHasNoEffect) {
  log_in();
  faults.apply(Ignore{PROTO_OA_SUBSCRIBE_DEPTH_QUOTES_REQ, 1});

  EXPECT_TRUE(subscribe_depth({1}).empty());
  EXPECT_EQ(session.subscribed_symbols(), 0U);
}

TEST_F(SessionFaults, ARateLimitedTypeIsToldHowLong) {
  log_in();
  faults.apply(LimitRate{PROTO_OA_SUBSCRIBE_SPOTS_REQ, 3s}, now);

  const auto answer = subscribe_spots({1});

  ASSERT_EQ(code(answer), "BLOCKED_PAYLOAD_TYPE");
  EXPECT_EQ(body<ProtoOAErrorRes>(answer[0]).retryafter(), 3U);
}

TEST_F(SessionFaults, MaintenanceTellsItsEnd) {
  faults.apply(Maintenance{10s}, now, std::chrono::system_clock::time_point(100s));

  const auto answer = application_auth();

  ASSERT_EQ(code(answer), "SERVER_IS_UNDER_MAINTENANCE");
  EXPECT_EQ(body<ProtoOAErrorRes>(answer[0]).maintenanceendtimestamp(), 110'000);
}

TEST_F(SessionFaults, ADisconnectedAccountIsToldAndHasToComeInAgain) {
  log_in();
  subscribe_spots({1});

  session.disconnect_accounts();
  const auto told = sent();

  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].payloadtype(), PROTO_OA_ACCOUNT_DISCONNECT_EVENT);
  EXPECT_EQ(body<ProtoOAAccountDisconnectEvent>(told[0]).ctidtraderaccountid(), account);
  EXPECT_EQ(session.subscribed_symbols(), 0U);
  EXPECT_EQ(code(subscribe_spots({1})), "ACCOUNT_NOT_AUTHORIZED");
  EXPECT_EQ(account_auth()[0].payloadtype(), PROTO_OA_ACCOUNT_AUTH_RES);
}

TEST_F(SessionFaults, WhoHasNoAccountSessionIsToldNothing) {
  application_auth();

  session.disconnect_accounts();
  session.invalidate_token("revoked");

  EXPECT_TRUE(sent().empty());
}

TEST_F(SessionFaults, AnInvalidatedTokenEndsTheAccountAndIsRefused) {
  log_in();
  tokens.invalidate(5s, now);

  session.invalidate_token("revoked");
  const auto told = sent();

  ASSERT_EQ(told.size(), 2U);
  ASSERT_EQ(told[0].payloadtype(), PROTO_OA_ACCOUNTS_TOKEN_INVALIDATED_EVENT);
  const auto event = body<ProtoOAAccountsTokenInvalidatedEvent>(told[0]);
  EXPECT_THAT(event.ctidtraderaccountids(), testing::ElementsAre(account));
  EXPECT_EQ(event.reason(), "revoked");
  EXPECT_EQ(told[1].payloadtype(), PROTO_OA_ACCOUNT_DISCONNECT_EVENT);
  EXPECT_EQ(code(account_auth()), "CH_ACCESS_TOKEN_INVALID");
  pass(5s);
  EXPECT_EQ(account_auth()[0].payloadtype(), PROTO_OA_ACCOUNT_AUTH_RES);
}

TEST_F(SessionFaults, ASpoiledLiveBarIsTooHighAndNeitherHistoryNorTheNextOneIs) {
  constexpr std::int64_t minute_ns = 60'000'000'000;
  log_in();
  subscribe_spots({1});
  subscribe_bars(1, M1);
  const auto bar_after = [&](std::int64_t time_ns, std::int64_t bid) {
    Event event;
    event.time_ns = start_ns + time_ns;
    event.spot.bid = market::Price{bid};
    market(event);
    return body<ProtoOASpotEvent>(sent().at(0)).trendbar(0);
  };
  bars_to_spoil = 1;

  EXPECT_EQ(bar_after(0, 100'000).deltahigh(), 1'000U);
  const auto same = bar_after(1, 99'999);
  EXPECT_EQ(same.deltahigh(), 1'001U);
  EXPECT_EQ(same.deltaopen(), 1U);
  EXPECT_EQ(same.volume(), 2);
  EXPECT_EQ(bar_after(minute_ns, 100'000).deltahigh(), 0U);
  EXPECT_EQ(
      board.at(0).bars(Period::m1, start_ns / 1'000'000, start_ns / 1'000'000, 1).found.at(0).high,
      market::Price{100'000});
}

}  // namespace
}  // namespace depthwire::simulator
