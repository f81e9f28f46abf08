#include "simulator/faults/wire_faults.hpp"
#include "simulator/server/running_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <exception>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>

namespace depthwire::simulator {
namespace {

using namespace ctrader;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

ProtoOAApplicationAuthReq application() {
  ProtoOAApplicationAuthReq message;
  message.set_clientid(Credentials().client_id);
  message.set_clientsecret(Credentials().client_secret);
  return message;
}

ProtoOAAccountAuthReq account() {
  ProtoOAAccountAuthReq message;
  message.set_ctidtraderaccountid(Credentials().account_ids.front());
  message.set_accesstoken(Credentials().access_token);
  return message;
}

/// The next frame that is no market data; payload type 0 when the connection has ended.
ProtoMessage next_answer(TestClient& client) {
  while (true) {
    const auto frame = client.receive();
    if (!frame) return {};
    const auto type = frame->payloadtype();
    if (type != PROTO_OA_SPOT_EVENT && type != PROTO_OA_DEPTH_EVENT) return *frame;
  }
}

/// What a request is answered with: the error's code, or its payload type.
std::string answer_to(TestClient& client, std::uint32_t payload_type,
                      const google::protobuf::MessageLite& message) {
  client.send(payload_type, message);
  const auto answer = next_answer(client);
  ProtoOAErrorRes error;
  if (answer.payloadtype() == PROTO_OA_ERROR_RES && error.ParseFromString(answer.payload())) {
    return error.errorcode();
  }
  return std::to_string(answer.payloadtype());
}

std::string ask_version(TestClient& client) {
  return answer_to(client, PROTO_OA_VERSION_REQ, ProtoOAVersionReq());
}

class ServerFaults : public testing::Test {
 protected:
  /// A client that is logged in, and nothing more.
  TestClient logged_in() {
    auto client = running.connect();
    EXPECT_EQ(answer_to(client, PROTO_OA_APPLICATION_AUTH_REQ, application()), "2101");
    EXPECT_EQ(answer_to(client, PROTO_OA_ACCOUNT_AUTH_REQ, account()), "2103");
    return client;
  }
  void command(const std::string& fault) { EXPECT_EQ(running.command(fault), "done: " + fault); }
  [[nodiscard]] bool somebody_listens() const {
    try {
      (void)running.connect();
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }

  Running running{at_max(), 1, 100};
};

TEST_F(ServerFaults, ADroppedConnectionEndsWithoutAWord) {
  auto client = logged_in();

  command("drop");

  EXPECT_FALSE(client.receive());
  EXPECT_TRUE(somebody_listens());
}

TEST_F(ServerFaults, AStalledConnectionStaysAndGoesOn) {
  auto client = logged_in();
  const auto start = steady_clock::now();

  command("stall 300ms");

  EXPECT_EQ(ask_version(client), "2105");
  EXPECT_GE(steady_clock::now() - start, 300ms);
}

TEST_F(ServerFaults, ASplitFrameComesByteByByte) {
  auto client = logged_in();
  command("split 1m");
  client.send(PROTO_OA_VERSION_REQ, ProtoOAVersionReq());

  std::string bytes;
  while (take_frames(bytes).empty()) {
    const auto piece = client.read();
    ASSERT_TRUE(piece);
    ASSERT_EQ(piece->size(), 1U);
    bytes += *piece;
  }
}

TEST_F(ServerFaults, JoinedFramesComeTogether) {
  auto client = logged_in();
  command("join 1m");
  const auto request = frame_of(PROTO_OA_VERSION_REQ, ProtoOAVersionReq());
  client.send(request);
  client.send(request);

  auto bytes = client.read();

  ASSERT_TRUE(bytes);
  EXPECT_EQ(take_frames(*bytes).size(), 2U);
}

TEST_F(ServerFaults, ASlowConnectionGivesAFewBytesAtATime) {
  auto client = logged_in();
  command("slow 100 1m");
  client.send(PROTO_OA_VERSION_REQ, ProtoOAVersionReq());

  const auto piece = client.read();

  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->size(), 5U);  // 1/20 of it
}

TEST_F(ServerFaults, WhatIsInjectedComesBetweenFrames) {
  auto client = logged_in();

  command("empty-frame");
  EXPECT_EQ(client.read(), std::string(4, '\0'));
  command("garbage");
  EXPECT_EQ(client.read(), wire_bytes(Garbage{}));
  command("oversize");
  EXPECT_EQ(client.read(), std::string("\x04\0\0\0", 4));
  EXPECT_EQ(ask_version(client), "2105");
}

TEST_F(ServerFaults, WhileItRefusesNobodyComesInAndWhoIsInStays) {
  auto client = logged_in();

  command("refuse 1m");

  EXPECT_FALSE(somebody_listens());
  EXPECT_EQ(ask_version(client), "2105");
  command("clear");
  EXPECT_TRUE(somebody_listens());
}

TEST_F(ServerFaults, ARefusalEndsByItself) {
  command("refuse 1ms");

  while (!somebody_listens()) std::this_thread::yield();
}

TEST_F(ServerFaults, AWrongCertificateIsOfAnotherAuthority) {
  auto client = logged_in();

  command("wrong-certificate 1m");

  EXPECT_FALSE(somebody_listens());
  EXPECT_EQ(ask_version(client), "2105");
  command("clear");
  EXPECT_TRUE(somebody_listens());
}

TEST_F(ServerFaults, ARestartSaysGoodbyeAndComesBack) {
  auto client = logged_in();

  command("restart 1m");

  EXPECT_EQ(next_answer(client).payloadtype(),
            static_cast<std::uint32_t>(PROTO_OA_CLIENT_DISCONNECT_EVENT));
  EXPECT_FALSE(client.receive());
  EXPECT_FALSE(somebody_listens());
  command("clear");
  auto again = logged_in();
  EXPECT_EQ(ask_version(again), "2105");
}

TEST_F(ServerFaults, ACommandedErrorMeetsWhoeverAsksNext) {
  command("error CH_SERVER_NOT_REACHABLE ProtoOAApplicationAuthReq 2");
  auto one = running.connect();
  auto two = running.connect();

  EXPECT_EQ(answer_to(one, PROTO_OA_APPLICATION_AUTH_REQ, application()),
            "CH_SERVER_NOT_REACHABLE");
  EXPECT_EQ(answer_to(two, PROTO_OA_APPLICATION_AUTH_REQ, application()),
            "CH_SERVER_NOT_REACHABLE");
  EXPECT_EQ(answer_to(two, PROTO_OA_APPLICATION_AUTH_REQ, application()), "2101");
}

TEST_F(ServerFaults, AnIgnoredRequestIsNotAnsweredAndTheNextIs) {
  auto client = logged_in();
  command("ignore PROTO_OA_ASSET_LIST_REQ");
  ProtoOAAssetListReq assets;
  assets.set_ctidtraderaccountid(Credentials().account_ids.front());

  client.send(PROTO_OA_ASSET_LIST_REQ, assets);

  EXPECT_EQ(ask_version(client), "2105");
}

TEST_F(ServerFaults, ARateLimitNamesItsType) {
  auto client = logged_in();

  command("rate-limit ProtoOAVersionReq 1m");

  EXPECT_EQ(ask_version(client), "BLOCKED_PAYLOAD_TYPE");
}

TEST_F(ServerFaults, MaintenanceEndsTheAccountAndRefusesAlsoNewcomers) {
  auto client = logged_in();

  command("maintenance 1m");

  EXPECT_EQ(next_answer(client).payloadtype(),
            static_cast<std::uint32_t>(PROTO_OA_ACCOUNT_DISCONNECT_EVENT));
  EXPECT_EQ(ask_version(client), "SERVER_IS_UNDER_MAINTENANCE");
  auto newcomer = running.connect();
  EXPECT_EQ(answer_to(newcomer, PROTO_OA_APPLICATION_AUTH_REQ, application()),
            "SERVER_IS_UNDER_MAINTENANCE");
  command("clear");
  EXPECT_EQ(answer_to(client, PROTO_OA_ACCOUNT_AUTH_REQ, account()), "2103");
}

TEST_F(ServerFaults, ADisconnectedAccountComesInAgain) {
  auto client = logged_in();

  command("account-disconnect");

  EXPECT_EQ(next_answer(client).payloadtype(),
            static_cast<std::uint32_t>(PROTO_OA_ACCOUNT_DISCONNECT_EVENT));
  EXPECT_EQ(answer_to(client, PROTO_OA_ACCOUNT_AUTH_REQ, account()), "2103");
}

TEST_F(ServerFaults, AnInvalidatedTokenIsRefusedUntilItIsCleared) {
  auto client = logged_in();

  command("token-invalidation");

  EXPECT_EQ(next_answer(client).payloadtype(),
            static_cast<std::uint32_t>(PROTO_OA_ACCOUNTS_TOKEN_INVALIDATED_EVENT));
  EXPECT_EQ(next_answer(client).payloadtype(),
            static_cast<std::uint32_t>(PROTO_OA_ACCOUNT_DISCONNECT_EVENT));
  EXPECT_EQ(answer_to(client, PROTO_OA_ACCOUNT_AUTH_REQ, account()), "CH_ACCESS_TOKEN_INVALID");
  command("clear");
  EXPECT_EQ(answer_to(client, PROTO_OA_ACCOUNT_AUTH_REQ, account()), "2103");
}

TEST_F(ServerFaults, ARefreshOnOneConnectionPutsTheOtherOut) {
  auto one = logged_in();
  auto other = logged_in();
  ProtoOARefreshTokenReq refresh;
  refresh.set_refreshtoken(Credentials().refresh_token);
  auto renewed = account();
  renewed.set_accesstoken(Credentials().access_token + "-2");

  EXPECT_EQ(answer_to(one, PROTO_OA_REFRESH_TOKEN_REQ, refresh), "2174");

  EXPECT_EQ(next_answer(other).payloadtype(),
            static_cast<std::uint32_t>(PROTO_OA_ACCOUNTS_TOKEN_INVALIDATED_EVENT));
  EXPECT_EQ(next_answer(other).payloadtype(),
            static_cast<std::uint32_t>(PROTO_OA_ACCOUNT_DISCONNECT_EVENT));
  EXPECT_EQ(answer_to(other, PROTO_OA_ACCOUNT_AUTH_REQ, renewed), "2103");
}

TEST_F(ServerFaults, TheMarketIsWholeByteByByte) {
  auto client = running.connect();
  command("split 1m");
  client.log_in_and_subscribe({}, ids(1));

  (void)market_bytes(client, 100);

  client.close();
  running.stop();
  EXPECT_EQ(running.report()["EURUSD"]["depth_events"], 100);
}

TEST_F(ServerFaults, WhatIsNoFaultIsAnError) {
  EXPECT_THAT(running.command("stal 5s"), testing::StartsWith("error: no fault is called"));
}

TEST(ServerScript, ItsFaultsComeByThemselvesAndAreLogged) {
  const TestFiles files;
  auto settings = at_max();
  settings.script = parse_script("0 error NO_QUOTES ProtoOAVersionReq\n0.001 restart 1ms").value();
  settings.received_log = std::make_shared<ReceivedLog>(files.directory() / "log");
  Running running(settings, 1, 10);
  const auto said = [&](const std::string& fault) {
    std::ifstream log(files.directory() / "log");
    const std::string text(std::istreambuf_iterator<char>(log), {});
    return text.find("\"event\":\"fault\",\"text\":\"" + fault) != std::string::npos;
  };
  EXPECT_TRUE(said("error NO_QUOTES ProtoOAVersionReq"));

  while (!said("restart 1ms")) std::this_thread::yield();
}

}  // namespace
}  // namespace depthwire::simulator
