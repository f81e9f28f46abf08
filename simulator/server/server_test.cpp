#include "simulator/server/server.hpp"

#include "proto/ctrader/simulator.pb.h"
#include "simulator/server/running_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <memory>
#include <sstream>
#include <system_error>
#include <thread>

namespace depthwire::simulator {
namespace {

using namespace ctrader;
using namespace std::chrono_literals;

TEST(Server, TheSameSeedGivesTheSameBytesAndNothingIsDropped) {
  constexpr std::int64_t events = 100'000;
  std::string first;
  for (int run = 0; run < 2; ++run) {
    Running running(at_max(), 4, events);
    auto client = running.connect();
    client.log_in_and_subscribe({}, ids(4));

    const auto bytes = market_bytes(client, events);
    client.close();
    running.stop();

    const auto report = running.report();
    std::int64_t sent = 0;
    for (const auto& [symbol, tally] : report.items()) {
      sent += tally["depth_events"].get<std::int64_t>();
      EXPECT_EQ(tally["depth_events"], tally["market_depth_events"]) << symbol;
    }
    EXPECT_EQ(sent, events);
    if (run == 0) first = bytes;
    EXPECT_TRUE(bytes == first) << "the runs differ";
  }
}

TEST(Server, SubscriptionsInSeveralRequestsComeBeforeTheMarketMoves) {
  Running running(at_max(), 2, 1000);
  auto client = running.connect();
  client.log_in_and_subscribe({}, ids(1));
  client.log_in_and_subscribe({}, std::vector<std::int64_t>{2});

  (void)market_bytes(client, 1000);

  client.close();
  running.stop();
  EXPECT_EQ(running.report()["EURUSD"]["whole_books"], 0);
  EXPECT_EQ(running.report()["GBPUSD"]["whole_books"], 0);
}

TEST(Server, AtFullSpeedTheMarketStandsWhileNobodyListensAndGoesOnWithTheWholeBook) {
  Running running(at_max(), 1, 20'000'000);
  {
    auto client = running.connect();
    client.log_in_and_subscribe({}, ids(1));
    (void)market_bytes(client, 100);
  }
  auto again = running.connect();
  again.log_in_and_subscribe({}, ids(1));
  (void)market_bytes(again, 100);

  again.close();
  running.stop();
  EXPECT_EQ(running.report()["EURUSD"]["whole_books"], 1);
}

TEST(Server, APacedMarketKeepsItsRate) {
  auto settings = at_max();
  settings.pace = AtRate{2000};
  Running running(settings, 1, 400);
  auto client = running.connect();
  client.log_in_and_subscribe({}, ids(1));
  (void)market_bytes(client, 1);
  const auto start = std::chrono::steady_clock::now();

  (void)market_bytes(client, 399);

  EXPECT_GE(std::chrono::steady_clock::now() - start, 190ms);
}

TEST(Server, WithItsClockAtNowAlsoTheFirstPricesAreOfNow) {
  auto settings = at_max();
  settings.stamp_now = true;
  const auto before = std::chrono::system_clock::now().time_since_epoch();
  Running running(settings, 1, 400);  // its own time lies in the past
  auto client = running.connect();
  client.log_in_and_subscribe({}, ids(1));

  for (int seen = 0; seen < 10;) {
    const auto frame = client.receive();
    ASSERT_TRUE(frame);
    if (frame->payloadtype() != PROTO_OA_SPOT_EVENT) continue;
    ProtoOASpotEvent event;
    ASSERT_TRUE(event.ParseFromString(frame->payload()));
    EXPECT_GE(event.GetExtension(spot_simulator_time_ns), std::chrono::nanoseconds(before).count());
    ++seen;
  }
}

TEST(Server, SaysGoodbyeWhenItStops) {
  Running running(at_max(), 1, 10);
  auto client = running.connect();
  client.log_in_and_subscribe({}, ids(1));
  (void)market_bytes(client, 10);

  std::thread stopper([&running] { running.stop(); });
  std::uint32_t last = 0;
  while (true) {
    const auto frame = client.receive();
    if (!frame) break;
    last = frame->payloadtype();
  }
  stopper.join();

  EXPECT_EQ(last, static_cast<std::uint32_t>(PROTO_OA_CLIENT_DISCONNECT_EVENT));
}

TEST(Server, AMalformedFrameIsAnsweredAndTheConnectionClosed) {
  Running running(at_max(), 1, 10);
  auto client = running.connect();

  client.send(std::string_view("\0\0\0\0", 4));
  const auto answer = client.receive();
  const auto after = client.receive();

  EXPECT_EQ(answer ? answer->payloadtype() : 0, static_cast<std::uint32_t>(ERROR_RES));
  EXPECT_FALSE(after);
}

std::vector<nlohmann::json> lines_of(const std::filesystem::path& path) {
  std::vector<nlohmann::json> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST(Server, WhatAClientSendsIsLoggedInOrderWithoutItsSecrets) {
  const TestFiles files;
  const auto path = files.directory() / "received.jsonl";
  auto settings = at_max();
  settings.received_log = std::make_shared<ReceivedLog>(path);
  Running running(settings, 1, 10);
  auto client = running.connect();
  client.log_in_and_subscribe({}, ids(1));
  (void)market_bytes(client, 10);

  client.close();
  running.stop();

  std::vector<std::string> happened;
  for (const auto& line : lines_of(path)) {
    EXPECT_EQ(line["connection"], 1);
    happened.push_back(line.value("name", line["event"].get<std::string>()));
  }
  EXPECT_THAT(happened, testing::ElementsAre("connected", "ProtoOAApplicationAuthReq",
                                             "ProtoOAAccountAuthReq", "ProtoOASubscribeSpotsReq",
                                             "ProtoOASubscribeDepthQuotesReq", "closed"));
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str().find("simulator-secret"), std::string::npos);
  EXPECT_EQ(text.str().find("simulator-token"), std::string::npos);
}

TEST(Server, AClientThatTrustsAnotherCaStaysOut) {
  Running running(at_max(), 1, 10);
  const TestFiles other;
  const auto wrong = ensure_certificates(other.directory(), {});

  EXPECT_THROW(TestClient(running.server->port(), wrong.ca), std::exception);
}

TEST(Server, APortInUseIsAnError) {
  Running running(at_max(), 1, 10);
  auto settings = at_max();
  settings.port = running.server->port();

  EXPECT_THROW(
      Server(settings, Market(generate({.symbols = profiles(1)}), {}), running.certificates),
      std::system_error);
}

TEST(Server, ClientsMayComeAndGoWhileItRuns) {
  auto settings = at_max();
  settings.pace = AtRate{20'000};
  Running running(settings, 2, 10'000'000);

  for (int round = 0; round < 5; ++round) {
    auto one = running.connect();
    auto two = running.connect();
    one.log_in_and_subscribe({}, ids(2));
    two.log_in_and_subscribe({}, ids(1));
    (void)market_bytes(one, 50);
    (void)market_bytes(two, 50);
  }
}

}  // namespace
}  // namespace depthwire::simulator
