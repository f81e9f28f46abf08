#include "simulator/server/session_fixture.hpp"

#include <gmock/gmock.h>

namespace depthwire::simulator {
namespace {

using namespace ctrader;
using namespace std::chrono_literals;

using SessionAuth = SessionTest;

TEST_F(SessionAuth, TheApplicationThenTheAccountComeIn) {
  const auto application = application_auth();
  const auto account_answer = account_auth();

  ASSERT_EQ(application.size(), 1U);
  EXPECT_EQ(application[0].payloadtype(), PROTO_OA_APPLICATION_AUTH_RES);
  EXPECT_EQ(application[0].clientmsgid(), "id");
  ASSERT_EQ(account_answer.size(), 1U);
  EXPECT_EQ(account_answer[0].payloadtype(), PROTO_OA_ACCOUNT_AUTH_RES);
  EXPECT_EQ(body<ProtoOAAccountAuthRes>(account_answer[0]).ctidtraderaccountid(), account);
}

TEST_F(SessionAuth, AnswersLeaveOutTheInnerPayloadType) {
  application_auth();

  EXPECT_FALSE(body<ProtoOAAccountAuthRes>(account_auth()[0]).has_payloadtype());
}

TEST_F(SessionAuth, ARequestWithoutAnIdIsAnsweredWithoutOne) {
  ProtoOAVersionReq version;

  const auto answer = request(PROTO_OA_VERSION_REQ, version, "");

  ASSERT_EQ(answer.size(), 1U);
  EXPECT_FALSE(answer[0].has_clientmsgid());
  EXPECT_EQ(answer[0].payloadtype(), PROTO_OA_VERSION_RES);
}

TEST_F(SessionAuth, WrongCredentialsAreRefusedByName) {
  EXPECT_EQ(code(application_auth("nobody")), "CH_OA_CLIENT_NOT_FOUND");
  EXPECT_EQ(code(application_auth("simulator", "wrong")), "CH_CLIENT_AUTH_FAILURE");
  application_auth();
  EXPECT_EQ(code(application_auth()), "CH_CLIENT_ALREADY_AUTHENTICATED");
  EXPECT_EQ(code(account_auth(account, "wrong")), "CH_ACCESS_TOKEN_INVALID");
  EXPECT_EQ(code(account_auth(7)), "CH_CTID_TRADER_ACCOUNT_NOT_FOUND");
  account_auth();
  EXPECT_EQ(code(account_auth()), "ALREADY_LOGGED_IN");
}

TEST_F(SessionAuth, NothingIsServedBeforeTheApplicationIsIn) {
  EXPECT_EQ(code(account_auth()), "CH_CLIENT_NOT_AUTHENTICATED");
  EXPECT_EQ(code(subscribe_spots({1})), "CH_CLIENT_NOT_AUTHENTICATED");
  EXPECT_FALSE(session.closing());
}

TEST_F(SessionAuth, NothingOfAnAccountIsServedBeforeItIsIn) {
  application_auth();

  EXPECT_EQ(code(subscribe_spots({1})), "ACCOUNT_NOT_AUTHORIZED");
  EXPECT_EQ(code(about<ProtoOASymbolByIdReq>(PROTO_OA_SYMBOL_BY_ID_REQ, {1})),
            "ACCOUNT_NOT_AUTHORIZED");
}

TEST_F(SessionAuth, TheTokenShowsItsAccounts) {
  application_auth();
  ProtoOAGetAccountListByAccessTokenReq good;
  good.set_accesstoken("simulator-token");
  ProtoOAGetAccountListByAccessTokenReq bad;
  bad.set_accesstoken("other");

  const auto answer = request(PROTO_OA_GET_ACCOUNTS_BY_ACCESS_TOKEN_REQ, good);

  ASSERT_EQ(answer.size(), 1U);
  const auto list = body<ProtoOAGetAccountListByAccessTokenRes>(answer[0]);
  ASSERT_EQ(list.ctidtraderaccount_size(), 1);
  EXPECT_EQ(list.ctidtraderaccount(0).ctidtraderaccountid(), 1'000'001U);
  EXPECT_FALSE(list.ctidtraderaccount(0).islive());
  EXPECT_EQ(code(request(PROTO_OA_GET_ACCOUNTS_BY_ACCESS_TOKEN_REQ, bad)),
            "CH_ACCESS_TOKEN_INVALID");
}

TEST_F(SessionAuth, ALogoutEndsTheAccountAndItsSubscriptions) {
  log_in();
  subscribe_depth({1});
  ProtoOAAccountLogoutReq logout;
  logout.set_ctidtraderaccountid(account);

  const auto answer = request(PROTO_OA_ACCOUNT_LOGOUT_REQ, logout);

  ASSERT_EQ(answer.size(), 2U);
  EXPECT_EQ(answer[0].payloadtype(), PROTO_OA_ACCOUNT_LOGOUT_RES);
  EXPECT_EQ(answer[1].payloadtype(), PROTO_OA_ACCOUNT_DISCONNECT_EVENT);
  EXPECT_FALSE(answer[1].has_clientmsgid());
  EXPECT_EQ(session.subscribed_symbols(), 0U);
  EXPECT_EQ(code(subscribe_depth({1})), "ACCOUNT_NOT_AUTHORIZED");
}

TEST_F(SessionAuth, AnUnknownPayloadTypeIsUnsupportedAndTheConnectionStays) {
  application_auth();

  EXPECT_EQ(code(request(9999, ProtoOAVersionReq())), "UNSUPPORTED_MESSAGE");
  EXPECT_EQ(code(request(PROTO_OA_SPOT_EVENT, ProtoOAVersionReq())), "UNSUPPORTED_MESSAGE");
  EXPECT_FALSE(session.closing());
}

TEST_F(SessionAuth, AnIncompletePayloadIsAnInvalidRequest) {
  EXPECT_EQ(code(request(PROTO_OA_APPLICATION_AUTH_REQ, ProtoOAVersionReq())), "INVALID_REQUEST");
  EXPECT_FALSE(session.closing());
}

TEST_F(SessionAuth, FramesMayComeInPartsOrTogether) {
  ProtoOAVersionReq version;
  const auto frame = frame_of(PROTO_OA_VERSION_REQ, version, "id");

  for (const char byte : frame) session.receive({&byte, 1}, now);
  session.receive(frame + frame + frame.substr(0, 3), now);
  session.receive(frame.substr(3), now);

  EXPECT_EQ(sent().size(), 4U);
}

TEST_F(SessionAuth, AnEmptyFrameIsAnErrorAndTheEnd) {
  session.receive(std::string_view("\0\0\0\0", 4), now);

  EXPECT_EQ(code(sent()), "INVALID_REQUEST");
  EXPECT_TRUE(session.closing());
}

TEST_F(SessionAuth, AFrameTooLongIsAnErrorAndTheEndBeforeItHasArrived) {
  session.receive(std::string_view("\x10\0\0\0", 4), now);

  EXPECT_EQ(code(sent()), "FRAME_TOO_LONG");
  EXPECT_TRUE(session.closing());
}

TEST_F(SessionAuth, AFrameThatIsNoMessageIsAnErrorAndTheEnd) {
  session.receive(std::string_view("\0\0\0\x02\xFF\xFF", 6), now);

  EXPECT_EQ(code(sent()), "INVALID_REQUEST");
  EXPECT_TRUE(session.closing());
}

TEST_F(SessionAuth, ASilentClientIsCutAfterThirtySeconds) {
  log_in();
  pass(29'999ms);
  session.on_tick(now);
  EXPECT_FALSE(session.closing());

  pass(1ms);
  session.on_tick(now);

  EXPECT_TRUE(session.closing());
}

TEST_F(SessionAuth, AnyFrameOfTheClientKeepsItAlive) {
  log_in();
  for (int i = 0; i < 5; ++i) {
    pass(20s);
    request(HEARTBEAT_EVENT, ProtoHeartbeatEvent(), "");
    session.on_tick(now);
  }

  EXPECT_FALSE(session.closing());
}

TEST_F(SessionAuth, HeartbeatsDoNotReplaceTheApplicationAuth) {
  for (int i = 0; i < 3; ++i) {
    pass(10s);
    request(HEARTBEAT_EVENT, ProtoHeartbeatEvent(), "");
    session.on_tick(now);
  }

  EXPECT_TRUE(session.closing());
}

TEST_F(SessionAuth, TheServerBeatsAfterItsOwnSilence) {
  log_in();
  session.on_tick(now);
  pass(24s);
  session.on_tick(now);
  EXPECT_TRUE(session.output().empty());

  pass(1s);
  session.on_tick(now);
  const auto beat = sent();

  ASSERT_EQ(beat.size(), 1U);
  EXPECT_EQ(beat[0].payloadtype(), HEARTBEAT_EVENT);
  EXPECT_FALSE(beat[0].has_payload());
}

TEST_F(SessionAuth, TheFiftyFirstRequestOfASecondIsRefused) {
  log_in();  // two of them
  ProtoOAVersionReq version;
  for (int i = 0; i < 48; ++i) {
    EXPECT_EQ(request(PROTO_OA_VERSION_REQ, version)[0].payloadtype(), PROTO_OA_VERSION_RES);
  }

  EXPECT_EQ(code(request(PROTO_OA_VERSION_REQ, version)), "REQUEST_FREQUENCY_EXCEEDED");
  pass(1s);
  EXPECT_EQ(request(PROTO_OA_VERSION_REQ, version)[0].payloadtype(), PROTO_OA_VERSION_RES);
}

TEST_F(SessionAuth, WhoGoesOnAskingIsBlockedForThatPayloadType) {
  ProtoOAVersionReq version;
  for (int i = 0; i < 55; ++i) request(PROTO_OA_VERSION_REQ, version);

  const auto blocked = request(PROTO_OA_VERSION_REQ, version);

  ASSERT_EQ(code(blocked), "BLOCKED_PAYLOAD_TYPE");
  EXPECT_EQ(body<ProtoOAErrorRes>(blocked[0]).retryafter(), 1U);
  pass(1s);
  EXPECT_EQ(request(PROTO_OA_VERSION_REQ, version)[0].payloadtype(), PROTO_OA_VERSION_RES);
}

TEST_F(SessionAuth, AGoodbyeNamesItsReason) {
  log_in();
  subscribe_depth({1});

  session.say_goodbye("maintenance");
  const auto frames = sent();

  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].payloadtype(), PROTO_OA_CLIENT_DISCONNECT_EVENT);
  EXPECT_EQ(body<ProtoOAClientDisconnectEvent>(frames[0]).reason(), "maintenance");
  EXPECT_TRUE(session.closing());
  EXPECT_EQ(session.subscribed_symbols(), 0U) << "nobody listens any more";
}

}  // namespace
}  // namespace depthwire::simulator
