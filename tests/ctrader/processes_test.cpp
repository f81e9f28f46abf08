// Streaming and historical as processes, against the simulator: the market arrives, every bad
// set-up is a clear error with its exit code, and a killed process goes on.
#include "common/bus/requester.hpp"
#include "proto/bus/command.pb.h"
#include "proto/bus/envelope.pb.h"
#include "tests/ctrader/processes_fixture.hpp"

#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>

namespace depthwire {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST_F(CtraderProcesses, TheWholeMarketIsJournaled) {
  simulate({"--symbols", "2", "--speed", "max", "--events", "5000"});
  const auto streaming = start(STREAMING);

  ASSERT_TRUE(simulator_->output_from("market ended", 30s)) << streaming->output();
  EXPECT_TRUE(tests::eventually([&] {
    auto counts = count("sim.streaming");
    return counts[bus::Envelope::kDepth] == 5000 + 2;  // and a reset of each symbol
  }));

  streaming->signal(SIGTERM);
  EXPECT_EQ(streaming->wait(), 0) << streaming->output();
  auto counts = count("sim.streaming");
  EXPECT_EQ(counts[bus::Envelope::kSymbolInfo], 2U);
  EXPECT_EQ(counts[bus::Envelope::kSourceDown], 1U);
  EXPECT_EQ(counts[bus::Envelope::kEpochEnd], 1U);
}

TEST_F(CtraderProcesses, AKilledStreamingGoesOnAndDeclaresTheOutage) {
  simulate({"--symbols", "2", "--rate", "100"});
  auto streaming = start(STREAMING);
  ASSERT_TRUE(tests::eventually([&] {
    return std::filesystem::exists(dir_.path() / "journals/sim.streaming") &&
           count("sim.streaming")[bus::Envelope::kDepth] > 100;
  }));
  streaming->signal(SIGKILL);
  EXPECT_EQ(streaming->wait(), 128 + SIGKILL);
  const auto before = count("sim.streaming")[bus::Envelope::kDepth];

  streaming = start(STREAMING);

  EXPECT_TRUE(tests::eventually([&] {
    auto counts = count("sim.streaming");
    return counts[bus::Envelope::kSourceUp] == 1 && counts[bus::Envelope::kDepth] > before + 100;
  }));
}

TEST_F(CtraderProcesses, StreamingWaitsForASimulatorThatStartsLater) {
  port_ = std::to_string(tests::free_port());
  const auto streaming = start(STREAMING);
  EXPECT_EQ(wait_ready(*streaming, "disconnected"), 503);

  simulate({"--symbols", "2", "--listen", "127.0.0.1:" + port_, "--listen-json", "127.0.0.1:0"});

  EXPECT_EQ(wait_ready(*streaming, "\"ready\":true"), 200);
}

TEST_F(CtraderProcesses, AWrongSecretIsToldAndTheProcessStays) {
  simulate();
  const auto streaming = start(STREAMING, {{"DEPTHWIRE_CTRADER_CLIENT_SECRET", "wrong"}});

  EXPECT_EQ(wait_ready(*streaming, "CH_CLIENT_AUTH_FAILURE"), 503);
  EXPECT_TRUE(streaming->running());
  EXPECT_THAT(streaming->output(), testing::Not(HasSubstr("wrong")));
}

TEST_F(CtraderProcesses, AWrongAccountIsToldAndTheProcessStays) {
  simulate();
  const auto historical = start(HISTORICAL, {{"DEPTHWIRE_CTRADER_ACCOUNT_ID", "55"}});

  EXPECT_EQ(wait_ready(*historical, "does not cover account 55"), 503);
  EXPECT_TRUE(historical->running());
}

TEST_F(CtraderProcesses, AWrongCaEndsTheProcessAndNamesTheFile) {
  simulate();
  const tests::TempDir other;
  const std::vector<std::string> command{SIMULATOR, "--listen", "127.0.0.1:0", "--state",
                                         other.path().string()};
  tests::Process second(tests::Process::Options{command, any_health(), other.path() / "log"});
  ASSERT_TRUE(second.output_from("listening on")) << second.output();

  for (const auto* program : {STREAMING, HISTORICAL}) {
    const auto process = start(program, {{"DEPTHWIRE_CTRADER_CA_FILE", other.path() / "ca.pem"}});

    EXPECT_EQ(process->wait(), 78);
    EXPECT_THAT(process->output(), HasSubstr((other.path() / "ca.pem").string()));
  }
}

TEST_F(CtraderProcesses, DisabledTheyRunAndSaySo) {
  for (const auto* program : {STREAMING, HISTORICAL}) {
    const auto process = start(program, {{"DEPTHWIRE_CTRADER_ENABLED", "false"}});

    EXPECT_EQ(wait_ready(*process, "disabled"), 200);
    process->signal(SIGTERM);
    EXPECT_EQ(process->wait(), 0);
  }
}

TEST_F(CtraderProcesses, BadResourcesHaveTheirExitCodes) {
  std::ofstream(dir_.path() / "file") << "not a directory";
  const auto no_journal =
      start(STREAMING, {{"DEPTHWIRE_BUS_JOURNALS", (dir_.path() / "file").string()}});
  EXPECT_EQ(no_journal->wait(), 74);

  const auto first = start(STREAMING);
  EXPECT_EQ(wait_ready(*first, "disconnected"), 503);
  const auto second = start(STREAMING);
  EXPECT_EQ(second->wait(), 75) << "the journal is locked";

  const auto address = "tcp://127.0.0.1:" + std::to_string(tests::free_port());
  const auto third = start(HISTORICAL, {{"DEPTHWIRE_BUS_HISTORICAL_PUBLISH", address},
                                        {"DEPTHWIRE_BUS_HISTORICAL_REQUESTS", address}});
  EXPECT_EQ(third->wait(), 69) << third->output();
}

TEST_F(CtraderProcesses, HistoricalFetchesBarsAndTicksOfTheSimulator) {
  simulate({"--symbols", "2", "--speed", "max", "--events", "3000", "--start", "at_once"});
  ASSERT_TRUE(simulator_->output_from("market ended", 30s));
  constexpr std::chrono::seconds market_begin{1'767'596'400};  // of every generated market
  const auto requests = "tcp://127.0.0.1:" + std::to_string(tests::free_port());
  const auto historical = start(HISTORICAL, {{"DEPTHWIRE_BUS_HISTORICAL_REQUESTS", requests}});
  EXPECT_EQ(wait_ready(*historical, "\"ready\":true"), 200);
  // It may say that it is ready before its connection and its journal have begun.
  ASSERT_TRUE(tests::eventually([&] {
    return std::filesystem::exists(dir_.path() / "journals/sim.historical") &&
           count("sim.historical")[bus::Envelope::kSymbolInfo] == 2;
  }));
  zmq::context_t context;
  bus::Requester requester(context, requests);
  const auto ask = [&](const std::string& name, const google::protobuf::MessageLite& body) {
    bus::Request request;
    request.mutable_command()->set_name(name);
    request.mutable_command()->set_body(body.SerializeAsString());
    const auto reply = requester.ask(request, 10s);
    EXPECT_TRUE(reply);
    EXPECT_EQ(reply->command().status(), bus::CommandReply::done) << reply->command().text();
    bus::HistoryReply history;
    history.ParseFromString(reply->command().body());
    return history;
  };

  bus::BarsCommand bars;
  bars.set_symbol("EURUSD");
  bars.set_period(bus::m1);
  bars.set_from_time_ns(std::chrono::nanoseconds(market_begin - 1h).count());
  bars.set_to_time_ns(std::chrono::nanoseconds(market_begin + 1h).count());
  const auto minutes = ask("bars", bars);
  ASSERT_GT(minutes.records(), 0U);
  bus::TicksCommand ticks;
  ticks.set_symbol("EURUSD");
  ticks.set_side(bus::bid);
  ticks.set_from_time_ns(minutes.oldest_ns());
  ticks.set_to_time_ns(minutes.oldest_ns() + 3'600'000'000'000);
  const auto changes = ask("ticks", ticks);

  EXPECT_GT(changes.records(), 0U);
  auto counts = count("sim.historical");
  EXPECT_EQ(counts[bus::Envelope::kBar], minutes.records());
  EXPECT_EQ(counts[bus::Envelope::kTick], changes.records());
}

}  // namespace
}  // namespace depthwire
