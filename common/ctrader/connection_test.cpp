#include "common/ctrader/connection.hpp"

#include "common/ctrader/connection_fixture.hpp"

#include <gmock/gmock.h>

#include <atomic>

namespace depthwire::ctrader {
namespace {

using testing::Certificates;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Peer;
using testing::TestServer;

class ConnectionTest : public ConnectionFixture {};

/// What comes before the first message is the same for all.
class EveryTransport : public ConnectionFixture, public ::testing::WithParamInterface<Transport> {
 protected:
  ConnectionOptions options(std::uint16_t port, const Certificates& certificates) {
    return {.port = port, .transport = GetParam(), .ca_file = certificates.ca_file()};
  }
};

INSTANTIATE_TEST_SUITE_P(Connection, EveryTransport,
                         ::testing::Values(Transport::tcp, Transport::websocket, Transport::json));

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

  connection.send(framed(std::string(8'000'000, 'x')));
  connection.send(framed("end"));

  EXPECT_TRUE(run_until([&] { return received == 8'000'003; }));
}

TEST_P(EveryTransport, RefusesAWrongCaAndNamesTheFile) {
  const Certificates others;
  TestServer server(certificates_, [](Peer&) {});
  auto connection = connect(options(server.port(), others));
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_FALSE(recorder_.opened);
  EXPECT_TRUE(recorder_.closed->certificate);
  EXPECT_THAT(recorder_.closed->reason, HasSubstr(others.ca_file().string()));
}

TEST_P(EveryTransport, RefusesACertificateForAnotherHost) {
  const Certificates elsewhere("elsewhere.example");
  TestServer server(elsewhere, [](Peer&) {});
  auto connection = connect(options(server.port(), elsewhere));
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_TRUE(recorder_.closed->certificate);
  EXPECT_THAT(recorder_.closed->reason, HasSubstr("mismatch"));
}

TEST_P(EveryTransport, RefusesAKeyThatIsNotPinnedAndTellsBoth) {
  TestServer server(certificates_, [](Peer&) {});
  auto pinned = options(server.port(), certificates_);
  pinned.pin = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
  auto connection = connect(pinned);
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_FALSE(recorder_.opened);
  EXPECT_TRUE(recorder_.closed->certificate);
  EXPECT_THAT(recorder_.closed->reason, HasSubstr("localhost is " + certificates_.pin()));
  EXPECT_THAT(recorder_.closed->reason, HasSubstr("expected " + pinned.pin));
  EXPECT_THAT(recorder_.closed->reason, HasSubstr("ctrader.pin"));
}

TEST_P(EveryTransport, APinDoesNotReplaceTheAuthority) {
  const Certificates others;
  TestServer server(certificates_, [](Peer&) {});
  auto pinned = options(server.port(), others);
  pinned.pin = certificates_.pin();
  auto connection = connect(pinned);
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_THAT(recorder_.closed->reason, HasSubstr(others.ca_file().string()));
}

TEST_F(ConnectionTest, AcceptsTheKeyThatIsPinned) {
  TestServer server(certificates_, [](Peer& peer) { peer.write(framed("hello")); });
  auto connection = connect(
      {.port = server.port(), .ca_file = certificates_.ca_file(), .pin = certificates_.pin()});
  connection.open();

  ASSERT_TRUE(run_until([&] { return recorder_.closed.has_value(); }));

  EXPECT_THAT(recorder_.frames, ElementsAre("hello"));
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
