#include "simulator/server/session_fixture.hpp"

namespace depthwire::simulator {
namespace {

using namespace ctrader;
using namespace std::chrono_literals;

class SessionToken : public SessionTest {
 protected:
  Frames refresh(const std::string& token) {
    ProtoOARefreshTokenReq message;
    message.set_refreshtoken(token);
    return request(PROTO_OA_REFRESH_TOKEN_REQ, message);
  }
};

TEST_F(SessionToken, ARefreshGivesANewPairAndTheOldOneIsDead) {
  application_auth();

  const auto answer = refresh("simulator-refresh-token");

  ASSERT_EQ(answer.size(), 1U);
  ASSERT_EQ(answer[0].payloadtype(), PROTO_OA_REFRESH_TOKEN_RES);
  const auto pair = body<ProtoOARefreshTokenRes>(answer[0]);
  EXPECT_EQ(pair.accesstoken(), "simulator-token-2");
  EXPECT_EQ(pair.refreshtoken(), "simulator-refresh-token-2");
  EXPECT_EQ(pair.tokentype(), "bearer");
  EXPECT_EQ(pair.expiresin(), 2'628'000);
  EXPECT_EQ(code(account_auth()), "CH_ACCESS_TOKEN_INVALID");
  EXPECT_EQ(account_auth(account, pair.accesstoken())[0].payloadtype(), PROTO_OA_ACCOUNT_AUTH_RES);
}

TEST_F(SessionToken, AUsedRefreshTokenIsRefusedAndTheLivePairStays) {
  application_auth();
  refresh("simulator-refresh-token");

  EXPECT_EQ(code(refresh("simulator-refresh-token")), "CH_ACCESS_TOKEN_INVALID");
  EXPECT_EQ(account_auth(account, "simulator-token-2")[0].payloadtype(), PROTO_OA_ACCOUNT_AUTH_RES);
  EXPECT_EQ(body<ProtoOARefreshTokenRes>(refresh("simulator-refresh-token-2")[0]).accesstoken(),
            "simulator-token-3");
}

TEST_F(SessionToken, WhoRefreshesWhileTheAccountIsInIsPutOut) {
  log_in();

  const auto answer = refresh("simulator-refresh-token");

  ASSERT_EQ(answer.size(), 3U);
  EXPECT_EQ(answer[0].payloadtype(), PROTO_OA_REFRESH_TOKEN_RES);
  EXPECT_EQ(answer[1].payloadtype(), PROTO_OA_ACCOUNTS_TOKEN_INVALIDATED_EVENT);
  EXPECT_EQ(answer[2].payloadtype(), PROTO_OA_ACCOUNT_DISCONNECT_EVENT);
}

TEST_F(SessionToken, WhatAnotherConnectionRefreshedPutsThisOneOut) {
  log_in();
  ASSERT_TRUE(tokens.refresh("simulator-refresh-token"));

  session.on_tick(now);

  EXPECT_EQ(sent().size(), 2U);
  session.on_tick(now);
  EXPECT_TRUE(sent().empty()) << "it is told once";
}

TEST_F(SessionToken, ARefreshAlsoReplacesAnInvalidatedToken) {
  log_in();
  tokens.invalidate(0s, now);
  session.on_tick(now);
  ASSERT_EQ(sent().size(), 2U);

  ASSERT_EQ(refresh("simulator-refresh-token").size(), 1U);

  EXPECT_EQ(account_auth(account, "simulator-token-2")[0].payloadtype(), PROTO_OA_ACCOUNT_AUTH_RES);
}

}  // namespace
}  // namespace depthwire::simulator
