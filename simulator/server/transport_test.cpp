#include "simulator/server/transport.hpp"

#include "simulator/server/session_fixture.hpp"

#include <gmock/gmock.h>

namespace depthwire::simulator {
namespace {

using namespace ctrader;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

const std::string upgrade_request =
    "GET / HTTP/1.1\r\nHost: localhost:5036\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
constexpr std::size_t largest = 1'000'000;

/// A frame of a client whose mask is zero.
std::string client_frame(char first, const std::string& payload) {
  std::string bytes{first};
  if (payload.size() < 126) {
    bytes += static_cast<char>(0x80U | payload.size());
  } else {
    bytes += '\xFE';
    bytes += static_cast<char>(payload.size() >> 8U);
    bytes += static_cast<char>(payload.size() & 0xFFU);
  }
  return bytes + std::string(4, '\0') + payload;
}

class TransportTest : public SessionTest {
 protected:
  explicit TransportTest(const SessionSettings& settings = {}) : SessionTest(settings) {}

  /// What the client is sent for `bytes`.
  std::string exchange(Transport& transport, const std::string& bytes) {
    std::string out;
    transport.receive(bytes, session, now, out);
    transport.send(session, out);
    return out;
  }
  std::string log_in_json() const {
    return client_frame('\x81',
                        R"({"clientMsgId":"c1","payloadType":2100,)"
                        R"("payload":{"clientId":"simulator","clientSecret":"simulator-secret"}})");
  }

  Transport protobuf{Encoding::protobuf, largest};
  Transport json{Encoding::json, largest};
};

TEST_F(TransportTest, OverTcpFramesPassAsTheyAre) {
  ProtoOAApplicationAuthReq request;
  request.set_clientid("simulator");
  request.set_clientsecret("simulator-secret");
  const auto bytes = frame_of(PROTO_OA_APPLICATION_AUTH_REQ, request, "c1");

  auto out = exchange(protobuf, bytes.substr(0, 2));
  out += exchange(protobuf, bytes.substr(2));

  const auto answers = take_frames(out);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].payloadtype(), 2101U);
}

TEST_F(TransportTest, OverWebSocketAMessageHasNoLength) {
  ProtoOAApplicationAuthReq request;
  request.set_clientid("simulator");
  request.set_clientsecret("simulator-secret");
  const auto bytes = frame_of(PROTO_OA_APPLICATION_AUTH_REQ, request, "c1");

  EXPECT_THAT(exchange(protobuf, upgrade_request), StartsWith("HTTP/1.1 101"));
  const auto out = exchange(protobuf, client_frame('\x82', bytes.substr(4)));

  ASSERT_GT(out.size(), 2U);
  EXPECT_EQ(out.substr(0, 1), "\x82");
  ProtoMessage answer;
  ASSERT_TRUE(answer.ParseFromString(out.substr(2)));
  EXPECT_EQ(answer.payloadtype(), 2101U);
  EXPECT_EQ(answer.clientmsgid(), "c1");
}

TEST_F(TransportTest, JsonIsAnsweredInJson) {
  exchange(json, upgrade_request);

  const auto out = exchange(json, log_in_json());

  EXPECT_THAT(out, StartsWith("\x81"));
  EXPECT_THAT(out, HasSubstr(R"({"clientMsgId":"c1","payloadType":2101)"));
}

class TradingInJson : public TransportTest {
 protected:
  static SessionSettings settings() {
    SessionSettings trading;
    trading.credentials.may_trade = true;
    return trading;
  }
  TradingInJson() : TransportTest(settings()) { log_in(); }
};

TEST_F(TradingInJson, AnOrderAndItsEventsAreAsInProtobuf) {
  exchange(json, upgrade_request);

  const auto out = exchange(
      json, client_frame('\x81', R"({"clientMsgId":"c7","payloadType":2106,"payload":{)"
                                 R"("ctidTraderAccountId":1000001,"symbolId":1,"orderType":1,)"
                                 R"("tradeSide":1,"volume":100000,"clientOrderId":"mine"}})"));

  EXPECT_THAT(out, HasSubstr(R"({"clientMsgId":"c7","payloadType":2126)"));
  EXPECT_THAT(out, HasSubstr(R"("executionType":2)"));
  EXPECT_THAT(out, HasSubstr(R"("executionType":3)"));
  EXPECT_THAT(out, HasSubstr(R"("executionPrice":1.0001)"));
  EXPECT_THAT(out, HasSubstr(R"("clientOrderId":"mine")"));
  EXPECT_THAT(
      exchange(json, client_frame('\x81', R"({"payloadType":2108,"payload":{)"
                                          R"("ctidTraderAccountId":1000001,"orderId":1}})")),
      HasSubstr(R"("errorCode":"ORDER_NOT_FOUND")"));
}

TEST_F(TransportTest, AnErrorInJsonIsOneOf2142) {
  exchange(json, upgrade_request);

  const auto out = exchange(json, client_frame('\x81', R"({"payloadType":2121,"payload":{}})"));

  EXPECT_THAT(out, HasSubstr(R"("payloadType":2142)"));
  EXPECT_THAT(out, HasSubstr(R"("errorCode":"CH_CLIENT_NOT_AUTHENTICATED")"));
  EXPECT_FALSE(session.closing());
}

TEST_F(TransportTest, WhatIsNoJsonIsToldItsPlaceThenTheConnectionEnds) {
  exchange(json, upgrade_request);

  const auto out = exchange(json, client_frame('\x81', R"({"payloadType":})"));

  EXPECT_THAT(out, HasSubstr(R"("errorCode":"INVALID_REQUEST")"));
  EXPECT_THAT(out, HasSubstr("line 1, column 16"));
  EXPECT_THAT(out, EndsWith("\x88\x05\x03\xE8"
                            "Bye"));
  EXPECT_TRUE(session.closing());
}

TEST_F(TransportTest, JsonOverPlainTcpIsNotServed) {
  EXPECT_EQ(exchange(json, R"({"payloadType":51})"), "");

  ASSERT_TRUE(json.closed());
  EXPECT_EQ(*json.closed(), "JSON is served over WebSocket only");
  EXPECT_EQ(exchange(json, frame_of(51, ProtoHeartbeatEvent())), "") << "nothing more is taken";
  EXPECT_FALSE(session.closing());
}

TEST_F(TransportTest, TheLastWordsOfASessionAreFollowedByAClose) {
  exchange(json, upgrade_request);
  exchange(json, log_in_json());
  session.say_goodbye("the server restarts");
  std::string out;

  json.send(session, out);
  json.send(session, out);

  EXPECT_THAT(out, HasSubstr(R"("payloadType":2148)"));
  EXPECT_EQ(out.find("Bye"), out.rfind("Bye"));
  EXPECT_THAT(out, EndsWith("Bye"));
}

TEST_F(TransportTest, WhatGoesWrongBetweenTwoMessagesIsInTheFormOfTheTransport) {
  const auto binary = std::string(64, '\xFF');
  EXPECT_EQ(protobuf.bytes_of(Garbage{}), std::string("\0\0\0\x40", 4) + binary);
  EXPECT_EQ(protobuf.bytes_of(EmptyFrame{}), std::string(4, '\0'));

  exchange(protobuf, upgrade_request);
  exchange(json, upgrade_request);

  EXPECT_EQ(protobuf.bytes_of(Garbage{}), "\x82\x40" + binary);
  EXPECT_EQ(protobuf.bytes_of(EmptyFrame{}), std::string("\x82\x00", 2));
  EXPECT_EQ(protobuf.bytes_of(Oversize{}), std::string("\x82\x7f\0\0\0\0\x04\0\0\0", 10));
  EXPECT_THAT(json.bytes_of(Garbage{}), StartsWith("\x81"));
}

}  // namespace
}  // namespace depthwire::simulator
