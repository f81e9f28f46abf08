#pragma once

#include "services/gateway/core/history_query.hpp"
#include "services/gateway/core/outbox.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace depthwire::gateway {

/// How the server meets its clients.
struct ServerSettings {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;         ///< 0: the system chooses
  bool allow_remote = false;         ///< an address that is not loopback must be meant
  std::vector<std::string> origins;  ///< of pages that may connect, beside our own
  std::size_t max_clients = 1000;
  std::size_t max_clients_per_address = 10;  ///< loopback is exempt
  std::size_t max_message_bytes = 64 << 10;
  double max_messages_per_second = 20;
  Outbox::Limits outbox;
  std::chrono::milliseconds slow_after{10'000};  ///< a conflated client's write may take this long
  std::chrono::milliseconds ping_every{20'000};
  /// Takes requests for bars; gives the answer later, on any thread. False: too many wait. Empty:
  /// there is no history.
  std::function<bool(HistoryQuery, std::function<void(HistoryAnswer)>)> history;
  std::string version;
  std::function<void()> on_check;  ///< called on the loop's thread twice a second
};

}  // namespace depthwire::gateway
