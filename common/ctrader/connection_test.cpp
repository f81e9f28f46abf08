#include "common/ctrader/connection.hpp"

#include "common/ctrader/frame.hpp"
#include "common/ctrader/test_server.hpp"

#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <vector>

namespace depthwire::ctrader {
namespace {

using namespace std::chrono_literals;
using testing::Certificates;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Peer;
using testing::TestServer;

std::string framed(std::string_view message) {
  std::string bytes;
  append_frame(bytes, message);
  return bytes;
}

/// Notes what a connection tells.
class Recorder final : public ConnectionHandler {
 public:
  void on_open() override { opened = true; }
  void on_frames(std::span<const std::string_view> group) override {
    ++groups;
    for (const auto frame : group) frames.emplace_back(frame);
  }
  void on_closed(const ConnectionFailure& failure) override { closed = failure; }

  bool opened = false;
  int groups = 0;
  std::vector<std::string> frames;
  std::optional<ConnectionFailure> closed;
};

class ConnectionTest : public ::testing::Test {
 protected:
  Connection connect(std::uint16_t port, const std::filesystem::path& ca_file,
                     const std::string& host = "localhost") {
    return Connection(io_, {.host = host, .port = port, .ca_file = ca_file, .timeout = 5s},
                      recorder_);
  }
  /// Runs the connection until `condition` holds; false after ten seconds.
  template <class Condition>
  bool run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      io_.restart();
      io_.run_one_for(100ms);
    }
    return condition();
  }

  boost::asio::io_context io_;
  Recorder recorder_;
  Certificates certificates_;
};

TEST_F(ConnectionTest, CarriesFramesBothWaysAndAsksForTheHostByName) {
  TestServer server(certificates_, [&](Peer& peer) {
    while (const auto frame = peer.read_frame()) {
      if (!peer.write(framed(peer.server_name() + " " + *frame))) return;
    }
  });
  auto connection = connect(server.port(), certificates_.ca_file());
  connection.open();
  ASSERT_TRUE(run_until([&] { return recorder_.opened; }));

  connection.send(framed("one"));
  connection.send(framed("two"));

  ASSERT_TRUE(run_until([&] { return recorder_.frames.size() == 2; }));
  EXPECT_THAT(recorder_.frames, ElementsAre("localhost one", "localhost two"));
  EXPECT_FALSE(recorder_.closed);
}

TEST_F(ConnectionTest, HandsOnAllFramesOfARecordAtOnce) {
  TestServer server(certificates_, [&](Peer& peer) {
    std::string bytes;
    for (int i = 0; i < 100; ++i) bytes += framed("frame " + std::to_string(i));
    peer.write(bytes);
    peer.read_frame();
  });
  auto connection = connect(server.port(), certificates_.ca_file());
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.frames.size() == 100; }));

  EXPECT_EQ(recorder_.groups, 1);
  EXPECT_EQ(recorder_.frames.back(), "frame 99");
}

TEST_F(ConnectionTest, PutsLargeFramesTogetherFromManyRecords) {
  const std::string large(3'000'000, 'x');
  TestServer server(certificates_, [&](Peer& peer) {
    peer.write(framed(large) + framed("small"));
    peer.read_frame();
  });
  auto connection = connect(server.port(), certificates_.ca_file());
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.frames.size() == 2; }));

  EXPECT_EQ(recorder_.frames[0], large);
  EXPECT_EQ(recorder_.frames[1], "small");
}

TEST_F(ConnectionTest, SendsMoreThanTheSocketHoldsAtOnce) {
  std::atomic<std::size_t> received = 0;
  TestServer server(certificates_, [&](Peer& peer) {
    while (const auto frame = peer.read_frame()) received += frame->size();
    peer.write(framed("unused"));
  });
  auto connection = connect(server.port(), certificates_.ca_file());
  connection.open();
  ASSERT_TRUE(run_until([&] { return recorder_.opened; }));

  connection.send(framed(std::string(10'000'000, 'x')));
  connection.send(framed("end"));

  EXPECT_TRUE(run_until([&] { return received == 10'000'003; }));
}

TEST_F(ConnectionTest, AWrongCaIsAnErrorThatNamesTheFile) {
  const Certificates others;
  TestServer server(certificates_, [](Peer&) {});
  auto connection = connect(server.port(), others.ca_file());
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_FALSE(recorder_.opened);
  EXPECT_TRUE(recorder_.closed->certificate);
  EXPECT_THAT(recorder_.closed->reason, HasSubstr(others.ca_file().string()));
}

TEST_F(ConnectionTest, ACertificateForAnotherHostIsRefused) {
  const Certificates elsewhere("elsewhere.example");
  TestServer server(elsewhere, [](Peer&) {});
  auto connection = connect(server.port(), elsewhere.ca_file());
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_TRUE(recorder_.closed->certificate);
  EXPECT_THAT(recorder_.closed->reason, HasSubstr("mismatch"));
}

TEST_F(ConnectionTest, ACertificateForANameIsNoCertificateForAnAddress) {
  TestServer server(certificates_, [](Peer&) {});
  auto connection = connect(server.port(), certificates_.ca_file(), "127.0.0.1");
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_TRUE(recorder_.closed->certificate);
}

TEST_F(ConnectionTest, ATestCertificateIsNotTrustedByTheSystem) {
  TestServer server(certificates_, [](Peer&) {});
  auto connection = connect(server.port(), "");
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_TRUE(recorder_.closed->certificate);
  EXPECT_THAT(recorder_.closed->reason, HasSubstr("the system's CA store"));
}

TEST_F(ConnectionTest, AMissingCaFileMayStillCome) {
  auto connection = connect(1, "/nonexistent/ca.pem");
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_FALSE(recorder_.closed->certificate);
  EXPECT_THAT(recorder_.closed->reason, HasSubstr("/nonexistent/ca.pem"));
}

TEST_F(ConnectionTest, ACaFileWithoutACertificateIsAnError) {
  auto connection = connect(1, certificates_.key());
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_TRUE(recorder_.closed->certificate);
  EXPECT_THAT(recorder_.closed->reason, HasSubstr("no certificate"));
}

TEST_F(ConnectionTest, ARefusedConnectionIsAFailureThatMayMend) {
  std::uint16_t port = 0;
  {
    port = TestServer(certificates_, [](Peer&) {}).port();
  }
  auto connection = connect(port, certificates_.ca_file());
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_FALSE(recorder_.closed->certificate);
  EXPECT_THAT(recorder_.closed->reason, HasSubstr("cannot connect to localhost:"));
}

TEST_F(ConnectionTest, TheServersEndIsToldAfterTheLastFrame) {
  TestServer server(certificates_, [](Peer& peer) { peer.write(framed("last")); });
  auto connection = connect(server.port(), certificates_.ca_file());
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_THAT(recorder_.frames, ElementsAre("last"));
  EXPECT_EQ(recorder_.closed->reason, "the server closed the connection");
}

TEST_F(ConnectionTest, AFrameOfLengthZeroEndsTheConnectionAfterTheGoodOnes) {
  TestServer server(certificates_, [](Peer& peer) {
    peer.write(framed("good") + std::string(4, '\0') + framed("late"));
    peer.read_frame();
  });
  auto connection = connect(server.port(), certificates_.ca_file());
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_THAT(recorder_.frames, ElementsAre("good"));
  EXPECT_THAT(recorder_.closed->reason, HasSubstr("length zero"));
}

TEST_F(ConnectionTest, CanBeOpenedAgain) {
  TestServer server(certificates_, [](Peer& peer) { peer.write(framed("hello")); });
  auto connection = connect(server.port(), certificates_.ca_file());

  for (int i = 1; i <= 3; ++i) {
    recorder_.closed.reset();
    connection.open();
    ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));
  }

  EXPECT_EQ(recorder_.frames.size(), 3U);
}

TEST_F(ConnectionTest, TellsNothingAfterClose) {
  TestServer server(certificates_, [](Peer& peer) {
    peer.write(framed("hello"));
    peer.read_frame();
  });
  auto connection = connect(server.port(), certificates_.ca_file());
  connection.open();
  ASSERT_TRUE(run_until([&] { return recorder_.frames.size() == 1; }));

  connection.close();
  io_.restart();
  io_.poll();

  EXPECT_FALSE(recorder_.closed);
}

}  // namespace
}  // namespace depthwire::ctrader
