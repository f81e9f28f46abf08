#include "common/ctrader/connection_fixture.hpp"
#include "common/ctrader/requests.hpp"
#include "common/ctrader/test_websocket.hpp"
#include "proto/ctrader/common.pb.h"

#include <gmock/gmock.h>

#include <atomic>

namespace depthwire::ctrader {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::WebSocketPeer;
using testing::WebSocketServer;

class WebSocketConnectionTest : public ConnectionFixture {
 protected:
  Connection connect_to(const WebSocketServer& server, Transport transport = Transport::websocket,
                        const std::string& pin = {}) {
    return connect({.port = server.port(),
                    .transport = transport,
                    .ca_file = certificates_.ca_file(),
                    .pin = pin});
  }
  bool run_until_closed() {
    return run_until([this] { return recorder_.closed.has_value(); });
  }
};

TEST_F(WebSocketConnectionTest, CarriesAMessageWithoutALengthEachWay) {
  WebSocketServer server(certificates_, [](WebSocketPeer& peer) {
    while (const auto message = peer.read()) {
      if (!peer.write_binary((peer.got_text() ? "text " : "binary ") + *message)) return;
    }
  });
  auto connection = connect_to(server, Transport::websocket, certificates_.pin());
  connection.open();
  ASSERT_TRUE(run_until([&] { return recorder_.opened; }));

  connection.send(framed("one") + framed("two"));
  connection.send(framed("three"));

  ASSERT_TRUE(run_until([&] { return recorder_.frames.size() == 3; }));
  EXPECT_THAT(recorder_.frames, ElementsAre("binary one", "binary two", "binary three"));
  EXPECT_FALSE(recorder_.closed);
}

TEST_F(WebSocketConnectionTest, HandsOnTogetherWhatIsReadyTogether) {
  WebSocketServer server(certificates_, [](WebSocketPeer& peer) {
    std::string bytes;
    for (int i = 0; i < 100; ++i) bytes += std::string("\x82\x05hello", 7);
    peer.write_binary("first");
    peer.read();
    peer.write_raw_at_once(bytes);
    peer.read();
  });
  auto connection = connect_to(server);
  connection.open();
  ASSERT_TRUE(run_until([&] { return recorder_.frames.size() == 1; }));

  connection.send(framed("go"));

  ASSERT_TRUE(run_until([&] { return recorder_.frames.size() == 101; }));
  EXPECT_LE(recorder_.groups, 3);
}

TEST_F(WebSocketConnectionTest, PutsAMessageTogetherHoweverItIsCut) {
  WebSocketServer server(certificates_, [](WebSocketPeer& peer) {
    peer.write_fragments("a message in two fragments");
    peer.write_raw(std::string("\x82\x05hello", 7));
    peer.write_binary(std::string(3'000'000, 'x'));
    peer.read();
  });
  auto connection = connect_to(server);
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.frames.size() == 3; }));

  EXPECT_EQ(recorder_.frames[0], "a message in two fragments");
  EXPECT_EQ(recorder_.frames[1], "hello");
  EXPECT_EQ(recorder_.frames[2].size(), 3'000'000U);
}

TEST_F(WebSocketConnectionTest, SendsMoreThanTheSocketHoldsAtOnce) {
  std::atomic<std::size_t> received = 0;
  WebSocketServer server(certificates_, [&](WebSocketPeer& peer) {
    while (const auto message = peer.read()) received += message->size();
  });
  auto connection = connect_to(server);
  connection.open();
  ASSERT_TRUE(run_until([&] { return recorder_.opened; }));

  connection.send(framed(std::string(8'000'000, 'x')));
  connection.send(framed("end"));

  EXPECT_TRUE(run_until([&] { return received == 8'000'003; }));
}

TEST_F(WebSocketConnectionTest, JsonGoesOutAndComesInAsText) {
  std::string seen;
  WebSocketServer server(certificates_, [&](WebSocketPeer& peer) {
    seen = *peer.read();
    peer.write_text(R"({"payloadType":2101,"clientMsgId":"c1"})");
    peer.write_text(R"({"payloadType":)");
    peer.read();
  });
  auto connection = connect_to(server, Transport::json);
  connection.open();
  ASSERT_TRUE(run_until([&] { return recorder_.opened; }));
  std::string request;
  append_request(request, application_auth("id", "s3"), "c1");

  connection.send(request);

  ASSERT_TRUE(run_until([&] { return recorder_.frames.size() == 2; }));
  EXPECT_EQ(seen, R"({"clientMsgId":"c1","payloadType":2100,)"
                  R"("payload":{"clientId":"id","clientSecret":"s3"}})");
  ProtoMessage answer;
  ASSERT_TRUE(answer.ParseFromString(recorder_.frames[0]));
  EXPECT_EQ(answer.payloadtype(), 2101U);
  EXPECT_EQ(answer.clientmsgid(), "c1");
  EXPECT_EQ(recorder_.frames[1], "") << "what is no message";
  EXPECT_FALSE(recorder_.closed);
}

TEST_F(WebSocketConnectionTest, ATextOnABinaryConnectionEndsItAfterTheGoodOnes) {
  WebSocketServer server(certificates_, [](WebSocketPeer& peer) {
    peer.write_binary("good");
    peer.write_text("{}");
    peer.read();
  });
  auto connection = connect_to(server);
  connection.open();

  ASSERT_TRUE(run_until_closed());

  EXPECT_THAT(recorder_.frames, ElementsAre("good"));
  EXPECT_THAT(recorder_.closed->reason, HasSubstr("a text message"));
  EXPECT_FALSE(recorder_.closed->certificate);
}

TEST_F(WebSocketConnectionTest, ABinaryMessageOnAJsonConnectionEndsIt) {
  WebSocketServer server(certificates_, [](WebSocketPeer& peer) {
    peer.write_binary("\x08\x33");
    peer.read();
  });
  auto connection = connect_to(server, Transport::json);
  connection.open();

  ASSERT_TRUE(run_until_closed());

  EXPECT_THAT(recorder_.closed->reason, HasSubstr("a binary message"));
}

TEST_F(WebSocketConnectionTest, AnEmptyMessageEndsTheConnection) {
  WebSocketServer server(certificates_, [](WebSocketPeer& peer) {
    peer.write_binary("");
    peer.read();
  });
  auto connection = connect_to(server);
  connection.open();

  ASSERT_TRUE(run_until_closed());

  EXPECT_THAT(recorder_.closed->reason, HasSubstr("an empty message"));
}

TEST_F(WebSocketConnectionTest, AMessageAboveTheLimitEndsTheConnection) {
  WebSocketServer server(certificates_, [](WebSocketPeer& peer) {
    peer.write_raw(std::string("\x82\x7f\0\0\0\0\x04\0\0\0", 10));
    peer.read();
  });
  auto connection = connect_to(server);
  connection.open();

  ASSERT_TRUE(run_until_closed());

  EXPECT_THAT(recorder_.closed->reason, HasSubstr("above the size limit"));
}

TEST_F(WebSocketConnectionTest, TheServersCloseIsToldWithItsWords) {
  WebSocketServer server(certificates_, [](WebSocketPeer& peer) {
    peer.write_binary("last");
    peer.close(1000, "Bye");
  });
  auto connection = connect_to(server);
  connection.open();

  ASSERT_TRUE(run_until_closed());

  EXPECT_THAT(recorder_.frames, ElementsAre("last"));
  EXPECT_EQ(recorder_.closed->reason,
            "the server closed the connection (WebSocket code 1000, Bye)");
}

TEST_F(WebSocketConnectionTest, AServerThatGoesInTheMiddleOfAMessageIsToldAfterTheWholeOnes) {
  WebSocketServer server(certificates_, [](WebSocketPeer& peer) {
    peer.write_binary("whole");
    peer.write_raw(std::string("\x82\x05hel", 5));
  });
  auto connection = connect_to(server);
  connection.open();

  ASSERT_TRUE(run_until_closed());

  EXPECT_THAT(recorder_.frames, ElementsAre("whole"));
  EXPECT_NE(recorder_.closed->reason, "");
}

TEST_F(WebSocketConnectionTest, APingIsAnsweredAndASignOfLife) {
  std::atomic<bool> answered = false;
  WebSocketServer server(certificates_, [&](WebSocketPeer& peer) {
    peer.ping();
    answered = peer.read() == "after the pong";
    peer.write_binary("done");
    peer.read();
  });
  auto connection = connect_to(server);
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.groups == 1; }));
  EXPECT_TRUE(recorder_.frames.empty());
  connection.send(framed("after the pong"));

  EXPECT_TRUE(run_until([&] { return recorder_.frames.size() == 1; }));
  EXPECT_TRUE(answered);
}

TEST_F(WebSocketConnectionTest, AServerThatOpensNoWebSocketIsToldInWords) {
  testing::TestServer server(certificates_, [](testing::Peer& peer) {
    peer.write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    peer.read_frame();
  });
  auto connection = connect({.port = server.port(),
                             .transport = Transport::websocket,
                             .ca_file = certificates_.ca_file()});
  connection.open();

  ASSERT_TRUE(run_until_closed());

  EXPECT_THAT(recorder_.closed->reason, HasSubstr("HTTP 404"));
}

TEST_F(WebSocketConnectionTest, CanBeOpenedAgain) {
  WebSocketServer server(certificates_, [](WebSocketPeer& peer) {
    peer.write_binary("hello");
    peer.close(1000, "");
  });
  auto connection = connect_to(server);

  for (int i = 1; i <= 3; ++i) {
    recorder_.closed.reset();
    connection.open();
    ASSERT_TRUE(run_until_closed());
  }

  EXPECT_EQ(recorder_.frames.size(), 3U);
}

TEST_F(WebSocketConnectionTest, SaysGoodbyeAndTellsNothingAfterClose) {
  std::atomic<bool> ended = false;
  WebSocketServer server(certificates_, [&](WebSocketPeer& peer) {
    peer.write_binary("hello");
    ended = !peer.read();
  });
  auto connection = connect_to(server);
  connection.open();
  ASSERT_TRUE(run_until([&] { return recorder_.frames.size() == 1; }));

  connection.close();

  EXPECT_TRUE(run_until([&] { return ended.load(); }));
  EXPECT_FALSE(recorder_.closed);
}

}  // namespace
}  // namespace depthwire::ctrader
