#pragma once

#include "simulator/market/generator.hpp"
#include "simulator/market/test_files.hpp"
#include "simulator/server/control.hpp"
#include "simulator/server/server.hpp"
#include "simulator/server/test_client.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdint>
#include <fstream>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace depthwire::simulator {

/// A server on a free port in a thread of its own, stopped with the test.
class Running {
 public:
  Running(ServerSettings settings, std::size_t symbols, std::int64_t events, std::uint64_t seed = 1)
      : certificates(ensure_certificates(files.directory(), {})) {
    settings.port = 0;
    settings.json_port = 0;
    settings.control = files.directory() / "control.sock";
    settings.report = files.directory() / "report.json";
    server = std::make_unique<Server>(
        settings,
        Market(generate({.symbols = profiles(symbols), .seed = seed}), {.events = events}),
        certificates);
    thread = std::thread([this] { server->run(); });
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { stop(); }

  void stop() {
    if (!thread.joinable()) return;
    server->stop();
    thread.join();
  }
  [[nodiscard]] TestClient connect() const { return {server->port(), certificates.ca}; }
  /// What the server answers to a command.
  [[nodiscard]] std::string command(std::string_view line) const {
    return send_command(files.directory() / "control.sock", line);
  }
  [[nodiscard]] nlohmann::json report() const {
    return nlohmann::json::parse(std::ifstream(files.directory() / "report.json"));
  }

  TestFiles files;
  CertificateFiles certificates;
  std::unique_ptr<Server> server;
  std::thread thread;
};

/// As fast as its clients read, soon after they have subscribed.
inline ServerSettings at_max() {
  ServerSettings settings;
  settings.pace = AtMax{};
  settings.start.quiet = std::chrono::milliseconds(50);
  return settings;
}

/// The ids of the first `count` symbols.
inline std::vector<std::int64_t> ids(std::size_t count) {
  std::vector<std::int64_t> all(count);
  std::iota(all.begin(), all.end(), 1);
  return all;
}

/// All market data until the last event of the market has come, as bytes in order.
inline std::string market_bytes(TestClient& client, std::size_t depth_events) {
  std::string bytes;
  std::size_t seen = 0;
  while (seen < depth_events) {
    const auto frame = client.receive();
    if (!frame) break;
    if (frame->payloadtype() == ctrader::PROTO_OA_DEPTH_EVENT) ++seen;
    if (frame->payloadtype() == ctrader::PROTO_OA_DEPTH_EVENT ||
        frame->payloadtype() == ctrader::PROTO_OA_SPOT_EVENT) {
      bytes += frame->SerializeAsString();
    }
  }
  EXPECT_EQ(seen, depth_events);
  return bytes;
}

}  // namespace depthwire::simulator
