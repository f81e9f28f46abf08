#pragma once

#include "simulator/server/rate_limit.hpp"

#include <chrono>
#include <cstddef>
#include <span>

namespace depthwire::simulator {

/// When the market begins to move. It waits until a client has asked for all it wants, which it may
/// do in several requests, so that the same client gets the same bytes in every run.
struct StartSettings {
  bool at_once = false;      ///< does not wait for anybody
  std::size_t wait_for = 0;  ///< waits for so many subscribed symbols and for nothing else; 0: rule
  std::chrono::milliseconds quiet{300};  ///< since the last request of a client that has everything
  std::chrono::milliseconds quiet_partial{1500};  ///< the same, of one that has a part
};

/// What the rule looks at of one client.
struct Interest {
  std::size_t symbols = 0;  ///< with spots or depth
  bool everything = false;
  TimePoint last_request;
};

[[nodiscard]] inline bool may_start(const StartSettings& settings,
                                    std::span<const Interest> clients, TimePoint now) {
  if (settings.at_once) return true;
  for (const Interest& client : clients) {
    if (client.symbols == 0) continue;
    if (settings.wait_for > 0) {
      if (client.symbols >= settings.wait_for) return true;
      continue;
    }
    const auto quiet = client.everything ? settings.quiet : settings.quiet_partial;
    if (now - client.last_request >= quiet) return true;
  }
  return false;
}

}  // namespace depthwire::simulator
