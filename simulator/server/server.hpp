#pragma once

#include "simulator/faults/parse.hpp"
#include "simulator/market/market.hpp"
#include "simulator/server/certificates.hpp"
#include "simulator/server/pace.hpp"
#include "simulator/server/received_log.hpp"
#include "simulator/server/session.hpp"
#include "simulator/server/start_rule.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::simulator {

enum class MarketState : std::uint8_t { waiting, running, paused, ended };

[[nodiscard]] constexpr std::string_view to_string(MarketState state) {
  switch (state) {
    case MarketState::waiting: return "waiting for a subscription";
    case MarketState::running: return "running";
    case MarketState::paused: return "paused, nobody is subscribed";
    case MarketState::ended: return "ended";
  }
  return "unknown";
}

/// How the server stands.
struct ServerStatus {
  MarketState market = MarketState::waiting;
  std::size_t clients = 0;
  std::uint64_t market_events = 0;
  std::int64_t time_ns = 0;  ///< the simulator clock
};

struct ServerSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 5035;  ///< 0: any
  std::string json_host = "127.0.0.1";
  std::uint16_t json_port = 5036;                            ///< 0: any
  std::optional<std::pair<std::string, std::uint16_t>> web;  ///< OAuth over HTTPS: host and port
  std::string redirect_uri = "http://127.0.0.1:5000/";       ///< the registered one
  SessionSettings session;
  PastSettings past;  ///< history of before the market; its end is set by the server
  Pace pace = AtSpeed{};
  StartSettings start;
  bool stamp_now = false;                    ///< events carry the wall clock of their sending
  bool pause_without_clients = true;         ///< the market stands while nobody is subscribed
  std::size_t queue_bytes_max = 64U << 20U;  ///< of a client that does not read; then it is cut
  /// File for the tallies, written when the market ends and when the server stops.
  std::optional<std::filesystem::path> report;
  std::shared_ptr<ReceivedLog> received_log;     ///< is told what clients do; may be null
  std::optional<std::filesystem::path> control;  ///< socket at which it takes commands (ctl)
  std::vector<TimedFault> script;                ///< in the order of their times
  /// Called at least four times a second, by the server's thread; may be null.
  std::function<void(const ServerStatus&)> on_tick;
};

/// The cTrader Open API over TLS, in protobuf at one port and in JSON at another: one thread, one
/// market, any number of clients.
///
/// At full speed the market waits for the slowest client and nothing is dropped. At any other speed
/// it keeps its clock, and a client whose queue is full is cut, as real servers do.
class Server {
 public:
  /// Listens at once. Throws std::system_error when an address cannot be had.
  Server(ServerSettings settings, Market market, const CertificateFiles& certificates);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::uint16_t json_port() const;
  /// Of the page of consent and the endpoint for tokens; 0: none.
  [[nodiscard]] std::uint16_t web_port() const;
  /// Serves until stop().
  void run();
  /// Says goodbye to the clients and lets run() return. May be called from any thread.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::simulator
