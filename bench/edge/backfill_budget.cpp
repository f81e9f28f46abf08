// How much of what the broker allows a long backfill uses: requests for history a second, over the
// 4.75 that we send at most. The broker is the simulator with the limits of the protocol; a request
// that it had to refuse fails the run.
#include "common/bus/requester.hpp"
#include "proto/bus/command.pb.h"
#include "services/historical/actors/session.hpp"
#include "simulator/market/generator.hpp"
#include "simulator/server/received_log.hpp"
#include "simulator/server/server.hpp"
#include "tests/support/temp_dir.hpp"

#include <boost/asio/io_context.hpp>
#include <spdlog/spdlog.h>
#include <zmq.hpp>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>

namespace {

using namespace depthwire;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr double allowed_per_second = 4.75;
constexpr auto measured = 40s;
constexpr auto patience = 30s;
constexpr std::int64_t market_begin_ns = 1'767'596'400'000'000'000;
constexpr std::int64_t year_ns = 365LL * 86'400 * 1'000'000'000;

/// The simulator with a year of history, in a thread of its own.
class Broker {
 public:
  explicit Broker(const std::filesystem::path& directory)
      : certificates_{simulator::ensure_certificates(directory, {})},
        log_{directory / "received.jsonl"},
        server_{settings(log_), market(), certificates_},
        thread_{[this] { server_.run(); }} {}
  ~Broker() {
    server_.stop();
    thread_.join();
  }
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  /// Requests for bars that came, refused or not.
  [[nodiscard]] std::uint64_t asked_for_bars() const {
    std::ifstream log(log_);
    std::uint64_t count = 0;
    for (std::string line; std::getline(log, line);) {
      count += line.find("\"type\":2137,") != std::string::npos ? 1U : 0U;
    }
    return count;
  }

  [[nodiscard]] ctrader::ClientOptions client() const {
    const simulator::Credentials known;
    return {
        .name = "historical",
        .connection = {.host = "localhost", .port = server_.port(), .ca_file = certificates_.ca},
        .account = {known.client_id, known.client_secret, known.access_token,
                    known.account_ids.front(), false}};
  }

 private:
  static simulator::ServerSettings settings(const std::filesystem::path& log) {
    simulator::ServerSettings settings;
    settings.port = 0;
    settings.received_log = std::make_shared<simulator::ReceivedLog>(log);
    settings.past.length_ns = year_ns;
    return settings;
  }
  static simulator::Market market() {
    return {simulator::generate({.symbols = simulator::profiles(4)}), {}};
  }

  simulator::CertificateFiles certificates_;
  std::filesystem::path log_;
  simulator::Server server_;
  std::thread thread_;
};

/// Historical, driven by hand.
class Historical {
 public:
  Historical(const Broker& broker, const std::filesystem::path& journal)
      : session_{
            io_,
            context_,
            {.publisher = {.environment = "sim",
                           .source = "sim.historical",
                           .journal = journal,
                           .publish = "tcp://127.0.0.1:*",
                           .requests = "tcp://127.0.0.1:*"},
             .client = broker.client()},
            {[](auto, const auto&) {}, [](const auto& why) { throw std::runtime_error(why); }}} {
    session_.start();
    run_until(Clock::now() + patience, [&] { return session_.symbols() == 4; });
    if (session_.symbols() != 4) throw std::runtime_error("historical did not log in");
  }
  ~Historical() { session_.stop("the measurement ends"); }
  Historical(const Historical&) = delete;
  Historical& operator=(const Historical&) = delete;

  void submit(const std::string& symbol) {
    bus::BackfillCommand command;
    command.set_symbol(symbol);
    command.set_period(bus::m1);
    command.set_from_time_ns(market_begin_ns - year_ns);
    command.set_until_time_ns(market_begin_ns);
    bool accepted = false;
    std::thread asking([&] {
      bus::Requester requester(context_, session_.publisher().requests_address());
      bus::Request request;
      request.mutable_command()->set_name("backfill");
      request.mutable_command()->set_body(command.SerializeAsString());
      const auto reply = requester.ask(request, patience);
      accepted = reply && reply->command().status() == bus::CommandReply::done;
      asked_ = true;
    });
    run_until(Clock::now() + patience, [&] { return asked_.exchange(false); });
    asking.join();
    if (!accepted) throw std::runtime_error("the backfill of " + symbol + " was not accepted");
  }

  template <class Condition>
  void run_until(Clock::time_point end, Condition condition) {
    while (!condition() && Clock::now() < end) {
      io_.restart();
      io_.run_one_for(20ms);
      session_.tick();
    }
  }

  [[nodiscard]] std::uint64_t requests() const { return session_.counts().requests; }
  [[nodiscard]] std::size_t open_jobs() const { return session_.open_jobs(); }

 private:
  zmq::context_t context_;
  boost::asio::io_context io_;
  historical::Session session_;
  std::atomic<bool> asked_ = false;
};

void backfill_budget_ratio() {
  const tests::TempDir directory;
  const Broker broker(directory.path() / "simulator");
  Historical historical(broker, directory.path() / "journal");
  for (const auto& profile : simulator::profiles(4)) historical.submit(profile.name);
  const auto begin = Clock::now();
  const auto before = historical.requests();
  historical.run_until(begin + measured, [] { return false; });
  const std::chrono::duration<double> took = Clock::now() - begin;
  if (historical.open_jobs() == 0) throw std::runtime_error("the backfill was over too soon");
  // One that was refused came, and was not answered.
  if (broker.asked_for_bars() > historical.requests() + historical::JobBook::requests_at_once) {
    throw std::runtime_error("the broker had to refuse requests");
  }
  const auto rate = static_cast<double>(historical.requests() - before) / took.count();
  std::printf(
      "{\"name\": \"edge.backfill_budget_ratio\", \"value\": %.4f, \"unit\": \"requests/s\", "
      "\"reference\": %.4f, \"ratio\": %.4f}\n",
      rate, allowed_per_second, rate / allowed_per_second);
}

}  // namespace

int main(int argc, char** argv) try {
  const std::string_view prefix = argc > 1 ? argv[1] : "";
  if (!std::string_view("edge.backfill_budget_ratio").starts_with(prefix)) return 0;
  spdlog::set_level(spdlog::level::err);
  backfill_budget_ratio();
} catch (const std::exception& error) {
  std::fprintf(stderr, "edge.backfill_budget_ratio: %s\n", error.what());
  return 1;
}
