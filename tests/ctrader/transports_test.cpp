// Streaming and historical as processes, over each transport: the records are the same.
#include "common/bus/requester.hpp"
#include "proto/bus/command.pb.h"
#include "proto/bus/envelope.pb.h"
#include "tests/ctrader/processes_fixture.hpp"

#include <gmock/gmock.h>
#include <signal.h>

namespace depthwire {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Transports : public CtraderProcesses {
 protected:
  using Records = std::vector<std::string>;

  /// The market data of a journal, without the receive time where that is the wall clock's.
  Records market_data(const std::string& source, bool with_receive_time) {
    Records records;
    journal::Reader reader(dir_.path() / "journals" / source);
    for (auto next = reader.next(); std::holds_alternative<journal::Record>(next);
         next = reader.next()) {
      const auto& record = std::get<journal::Record>(next);
      bus::Envelope envelope;
      EXPECT_TRUE(
          envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size())));
      if (envelope.payload_case() > bus::Envelope::kSymbolInfo) continue;
      if (!with_receive_time) envelope.clear_receive_time_ns();
      records.push_back(envelope.SerializeAsString());
    }
    return records;
  }

  /// What streaming journals of the same market over `transport`.
  Records stream(const std::string& transport) {
    simulate({"--symbols", "2", "--seed", "9", "--speed", "max", "--events", "3000"});
    const auto streaming = start(STREAMING, {{"DEPTHWIRE_CTRADER_TRANSPORT", transport}});
    EXPECT_TRUE(simulator_->output_from("market ended", 30s)) << streaming->output();
    EXPECT_TRUE(tests::eventually([&] {
      return count("sim.streaming")[bus::Envelope::kDepth] == 3000 + 2;
    })) << streaming->output();
    streaming->signal(SIGTERM);
    EXPECT_EQ(streaming->wait(), 0) << streaming->output();
    return market_data("sim.streaming", true);
  }

  /// What historical journals of a minute of that market over `transport`.
  Records fetch(const std::string& transport) {
    const auto requests = "tcp://127.0.0.1:" + std::to_string(tests::free_port());
    const auto historical =
        start(HISTORICAL, {{"DEPTHWIRE_BUS_HISTORICAL_REQUESTS", requests},
                           {"DEPTHWIRE_CTRADER_HISTORICAL_TRANSPORT", transport}});
    EXPECT_EQ(wait_ready(*historical, "\"ready\":true"), 200);
    // It may say that it is ready before its connection and its journal have begun.
    EXPECT_TRUE(tests::eventually([&] {
      return std::filesystem::exists(dir_.path() / "journals/sim.historical") &&
             count("sim.historical")[bus::Envelope::kSymbolInfo] == 2;
    }));
    bus::BarsCommand bars;
    bars.set_symbol("EURUSD");
    bars.set_period(bus::m1);
    // The generated market begins on a Monday of 2026.
    bars.set_from_time_ns(1'767'571'200'000'000'000);
    bars.set_to_time_ns(1'767'657'600'000'000'000);
    bus::Request request;
    request.mutable_command()->set_name("bars");
    request.mutable_command()->set_body(bars.SerializeAsString());
    zmq::context_t context;
    const auto reply = bus::Requester(context, requests).ask(request, 10s);
    EXPECT_TRUE(reply && reply->command().status() == bus::CommandReply::done);
    historical->signal(SIGTERM);
    EXPECT_EQ(historical->wait(), 0) << historical->output();
    EXPECT_GT(count("sim.historical")[bus::Envelope::kBar], 0U);
    return market_data("sim.historical", false);
  }

  void forget_journals() { std::filesystem::remove_all(dir_.path() / "journals"); }
};

TEST_F(Transports, GiveTheSameRecords) {
  const auto streamed = stream("tcp");
  const auto fetched = fetch("tcp");
  ASSERT_GT(streamed.size(), 3000U);

  for (const auto* transport : {"websocket", "json"}) {
    forget_journals();
    EXPECT_EQ(stream(transport), streamed) << transport;
    EXPECT_EQ(fetch(transport), fetched) << transport;
  }
}

TEST_F(Transports, AWrongPinEndsTheProcessAndTellsTheKeyThatWasFound) {
  simulate();
  for (const auto* transport : {"tcp", "websocket", "json"}) {
    const auto process =
        start(STREAMING,
              {{"DEPTHWIRE_CTRADER_TRANSPORT", transport},
               {"DEPTHWIRE_CTRADER_PIN", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}});

    EXPECT_EQ(process->wait(), 78);
    EXPECT_THAT(process->output(), HasSubstr("the public key of localhost is sha256//"));
  }
}

TEST_F(Transports, ARunningConnectionSurvivesWhatTheSimulatorDoesToItsBytes) {
  simulate({"--symbols", "2", "--rate", "100", "--pause-without-clients", "off"});
  const auto ctl = [this](const std::vector<std::string>& words) {
    std::vector<std::string> command{SIMULATOR, "ctl", "--state", (dir_.path() / "sim").string()};
    command.insert(command.end(), words.begin(), words.end());
    tests::Process process({command, any_health(), dir_.path() / "ctl"});
    EXPECT_EQ(process.wait(), 0) << process.output();
  };
  for (const auto* transport : {"websocket", "json"}) {
    forget_journals();
    const auto streaming = start(STREAMING, {{"DEPTHWIRE_CTRADER_TRANSPORT", transport}});
    const auto more_depth = [&] {
      const auto journal = dir_.path() / "journals/sim.streaming";
      const auto before =
          std::filesystem::exists(journal) ? count("sim.streaming")[bus::Envelope::kDepth] : 0;
      EXPECT_TRUE(tests::eventually(
          [&] {
            return std::filesystem::exists(journal) &&
                   count("sim.streaming")[bus::Envelope::kDepth] > before + 50;
          },
          30s))
          << transport << ": " << streaming->output();
    };
    more_depth();
    ctl({"split", "1s"});
    ctl({"garbage"});
    more_depth();
    EXPECT_EQ(count("sim.streaming")[bus::Envelope::kSourceDown], 0U) << transport;
    std::uint64_t outages = 0;
    for (const auto* fault : {"empty-frame", "oversize", "drop"}) {
      ctl({fault});
      ++outages;
      EXPECT_TRUE(tests::eventually(
          [&] { return count("sim.streaming")[bus::Envelope::kSourceUp] == outages; }, 30s))
          << transport << ", " << fault << ": " << streaming->output();
      more_depth();
    }
    streaming->signal(SIGTERM);
    EXPECT_EQ(streaming->wait(), 0) << streaming->output();
  }
}

}  // namespace
}  // namespace depthwire
