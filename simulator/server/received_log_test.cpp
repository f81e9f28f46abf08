#include "simulator/server/received_log.hpp"

#include "proto/ctrader/messages.pb.h"
#include "simulator/market/test_files.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <system_error>

namespace depthwire::simulator {
namespace {

using namespace ctrader;

ProtoMessage message_with(std::uint32_t type, const std::string& payload) {
  ProtoMessage message;
  message.set_payloadtype(type);
  message.set_payload(payload);
  return message;
}

TEST(ReceivedLog, ARequestIsShownWithItsNameItsIdAndItsFields) {
  ProtoOASubscribeSpotsReq request;
  request.set_ctidtraderaccountid(1'000'001);
  request.add_symbolid(1);
  request.add_symbolid(279);
  request.set_subscribetospottimestamp(true);
  auto message = message_with(PROTO_OA_SUBSCRIBE_SPOTS_REQ, request.SerializeAsString());
  message.set_clientmsgid("c2");

  EXPECT_EQ(
      received_json(5, 3, message),
      R"({"time_ns":5,"connection":3,"event":"received","type":2127,)"
      R"("name":"ProtoOASubscribeSpotsReq","id":"c2","payload":{"ctidTraderAccountId":1000001,)"
      R"("symbolId":[1,279],"subscribeToSpotTimestamp":true}})");
}

TEST(ReceivedLog, EnumsAndNestedMessagesAreShownAsTheJsonFormHasThem) {
  ProtoOAMarginCallUpdateReq request;
  request.set_ctidtraderaccountid(7);
  request.mutable_margincall()->set_margincalltype(MARGIN_LEVEL_THRESHOLD_2);
  request.mutable_margincall()->set_marginlevelthreshold(0.5);

  const auto line = received_json(
      0, 1, message_with(PROTO_OA_MARGIN_CALL_UPDATE_REQ, request.SerializeAsString()));

  EXPECT_NE(line.find(R"("marginCall":{"marginCallType":62,"marginLevelThreshold":0.5})"),
            std::string::npos)
      << line;
}

TEST(ReceivedLog, SecretsAreMasked) {
  ProtoOAApplicationAuthReq application;
  application.set_clientid("me");
  application.set_clientsecret("hush");
  ProtoOAAccountAuthReq account;
  account.set_ctidtraderaccountid(1);
  account.set_accesstoken("hush");
  ProtoOARefreshTokenReq refresh;
  refresh.set_refreshtoken("hush");

  const auto lines = received_json(0, 1, message_with(2100, application.SerializeAsString())) +
                     received_json(0, 1, message_with(2102, account.SerializeAsString())) +
                     received_json(0, 1, message_with(2173, refresh.SerializeAsString())) +
                     // Of another type than it says: nothing of it is shown.
                     received_json(0, 1, message_with(2104, application.SerializeAsString())) +
                     received_json(0, 1, message_with(9999, application.SerializeAsString()));

  EXPECT_EQ(lines.find("hush"), std::string::npos) << lines;
  EXPECT_NE(lines.find(R"({"clientId":"me","clientSecret":"***"})"), std::string::npos) << lines;
}

TEST(ReceivedLog, WhatCannotBeReadIsCounted) {
  EXPECT_EQ(received_json(0, 1, message_with(9999, "abc")),
            R"({"time_ns":0,"connection":1,"event":"received","type":9999,"name":"unknown",)"
            R"("unreadable_bytes":3})");
  EXPECT_EQ(received_json(0, 1, message_with(2100, "")),
            R"({"time_ns":0,"connection":1,"event":"received","type":2100,)"
            R"("name":"ProtoOAApplicationAuthReq","unreadable_bytes":0})");
}

TEST(ReceivedLog, TextThatIsNotUtf8DoesNotBreakTheLine) {
  auto message = message_with(HEARTBEAT_EVENT, "");
  message.set_clientmsgid("\xFF");

  EXPECT_NE(received_json(0, 1, message).find("\"id\":\"\xEF\xBF\xBD\""), std::string::npos);
}

TEST(ReceivedLog, EachLineIsThereAtOnce) {
  const TestFiles files;
  const auto path = files.directory() / "received.jsonl";
  ReceivedLog log(path);

  log.connected(1, "127.0.0.1:9");
  log.received(1, message_with(HEARTBEAT_EVENT, ""));
  log.closed(1, "the client left");

  std::ifstream file(path);
  std::string line;
  for (const auto* event : {"connected", "received", "closed"}) {
    ASSERT_TRUE(std::getline(file, line)) << event;
    EXPECT_NE(line.find("\"event\":\"" + std::string(event) + "\""), std::string::npos) << line;
  }
  EXPECT_FALSE(std::getline(file, line)) << line;
}

TEST(ReceivedLog, AFileThatCannotBeMadeIsAnError) {
  EXPECT_THROW(ReceivedLog("/nonexistent/received.jsonl"), std::system_error);
}

}  // namespace
}  // namespace depthwire::simulator
