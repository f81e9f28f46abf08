#include "simulator/server/websocket.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace depthwire::simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// The example of RFC 6455, 1.2 and 1.3.
const std::string handshake =
    "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n\r\n";

std::string masked(char first, const std::string& payload) {
  const std::string mask = "\x37\xfa\x21\x3d";
  std::string frame{first, static_cast<char>(0x80U | payload.size())};
  frame += mask;
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  }
  return frame;
}

class WebSocketTest : public testing::Test {
 protected:
  void open() {
    receive(handshake);
    out.clear();
  }
  void receive(const std::string& bytes) {
    socket.receive(bytes, out, [this](std::string_view m) { messages.emplace_back(m); });
  }

  WebSocket socket{WebSocket::Kind::text, 1000};
  std::string out;
  std::vector<std::string> messages;
};

TEST_F(WebSocketTest, TheHandshakeIsAnsweredAsInTheStandard) {
  receive(handshake);

  EXPECT_THAT(out, HasSubstr("HTTP/1.1 101 "));
  EXPECT_THAT(out, HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  EXPECT_FALSE(socket.closed());
}

TEST_F(WebSocketTest, WhatIsNoHandshakeIsRefused) {
  receive("GET / HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_THAT(out, HasSubstr("HTTP/1.1 400"));
  EXPECT_TRUE(socket.closed());
}

TEST_F(WebSocketTest, TheStandardsMaskedHelloIsRead) {
  open();

  receive("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");

  EXPECT_THAT(messages, ElementsAre("Hello"));
}

TEST_F(WebSocketTest, BytesOneByOneGiveTheSame) {
  const auto bytes = handshake + masked('\x81', "one") + masked('\x01', "tw") +
                     masked('\x89', "ping") + masked('\x80', "o");
  for (const char byte : bytes) receive(std::string(1, byte));

  EXPECT_THAT(messages, ElementsAre("one", "two"));
  EXPECT_THAT(out, testing::EndsWith("\x8a\x04ping"));
  EXPECT_FALSE(socket.closed());
}

TEST_F(WebSocketTest, AFrameWithoutAMaskEndsIt) {
  open();

  receive("\x81\x05Hello");

  EXPECT_TRUE(messages.empty());
  EXPECT_TRUE(socket.closed());
  EXPECT_EQ(out.substr(2, 2), "\x03\xEA") << "code 1002";
}

TEST_F(WebSocketTest, AMessageOfTheOtherKindEndsIt) {
  open();

  receive(masked('\x82', "binary"));

  EXPECT_EQ(*socket.closed(), "only text messages");
  EXPECT_EQ(out.substr(2, 2), "\x03\xEB") << "code 1003";
}

TEST_F(WebSocketTest, FragmentsAboveTheLimitEndIt) {
  open();

  for (int i = 0; i < 11; ++i) receive(masked(i == 0 ? '\x01' : '\x00', std::string(100, 'x')));

  EXPECT_TRUE(messages.empty());
  EXPECT_EQ(*socket.closed(), "a message above the size limit");
}

TEST_F(WebSocketTest, AFragmentOutOfOrderEndsIt) {
  open();

  receive(masked('\x80', "o"));

  EXPECT_EQ(*socket.closed(), "a fragment out of order");
}

TEST_F(WebSocketTest, ACloseIsAnsweredAndNothingMoreIsTaken) {
  open();

  receive(masked('\x88', std::string("\x03\xE8", 2)) + masked('\x81', "late"));

  EXPECT_EQ(out, std::string("\x88\x02\x03\xE8", 4));
  EXPECT_TRUE(socket.closed());
  EXPECT_TRUE(messages.empty());
}

TEST_F(WebSocketTest, LengthsAreWrittenInTheirShortestForm) {
  const auto header = [this](std::size_t size) {
    std::string text;
    socket.append_header(text, size);
    return text;
  };

  EXPECT_EQ(header(125), "\x81\x7d");
  EXPECT_EQ(header(126), std::string("\x81\x7e\x00\x7e", 4));
  EXPECT_EQ(header(65'536), std::string("\x81\x7f\0\0\0\0\0\1\0\0", 10));
}

}  // namespace
}  // namespace depthwire::simulator
