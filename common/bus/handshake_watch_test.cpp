#include "common/bus/handshake_watch.hpp"

#include "tests/support/process.hpp"

#include <gtest/gtest.h>

namespace depthwire::bus {
namespace {

using Clock = std::chrono::steady_clock;

/// A peer that is connected to again and again, as a stale subscriber does.
class HandshakeWatchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    router_.set(zmq::sockopt::linger, 0);
    router_.bind("tcp://127.0.0.1:*");
  }
  zmq::socket_t dealer() {
    zmq::socket_t socket(context_, zmq::socket_type::dealer);
    socket.set(zmq::sockopt::linger, 0);
    return socket;
  }
  void connect(zmq::socket_t& socket) {
    socket.connect(router_.get(zmq::sockopt::last_endpoint));
    socket.send(zmq::str_buffer("hello"), zmq::send_flags::dontwait);
  }
  bool hears_somebody() {
    zmq::message_t message;
    return router_.recv(message, zmq::recv_flags::dontwait).has_value();
  }

  zmq::context_t context_;
  zmq::socket_t router_{context_, zmq::socket_type::router};
};

TEST_F(HandshakeWatchTest, ASocketThatGoesAwayInItsHandshakeHoldsUpNobody) {
  for (int i = 0; i < 1'000; ++i) {
    auto socket = dealer();
    HandshakeWatch watch;
    watch.watch(context_, socket, {});
    connect(socket);
    // Ends at another point of the handshake each time.
    const auto end = Clock::now() + std::chrono::microseconds(i);
    while (Clock::now() < end) watch.look(Clock::now());
    watch.stop();
  }
  while (hears_somebody()) {
  }

  auto last = dealer();
  connect(last);
  EXPECT_TRUE(tests::eventually([&] { return hears_somebody(); }));
}

TEST_F(HandshakeWatchTest, ItWatchesTheSocketThatComesInThePlaceOfAnother) {
  auto socket = dealer();
  HandshakeWatch watch;
  watch.watch(context_, socket, {});
  connect(socket);
  watch.stop();
  socket = dealer();
  watch.watch(context_, socket, {});
  connect(socket);

  EXPECT_TRUE(tests::eventually([&] { return hears_somebody(); }));
  watch.look(Clock::now());
  EXPECT_EQ(watch.problem(), "");
  EXPECT_EQ(watch.refused(), 0U);
}

}  // namespace
}  // namespace depthwire::bus
