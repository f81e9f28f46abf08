#pragma once

#include "services/gateway/core/board.hpp"
#include "services/gateway/core/frame.hpp"
#include "services/gateway/core/subscription.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace depthwire::gateway {

/// A connected browser or program. Used by the loop's thread alone.
class Client {
 public:
  virtual ~Client() = default;
  [[nodiscard]] virtual const Subscription& subscription() const = 0;
  /// Queues a frame; nothing goes out before flush().
  virtual void send(const FramePtr& frame) = 0;
  /// Writes what is queued, if the socket is free.
  virtual void flush() = 0;
  /// Called every second.
  virtual void check(std::chrono::steady_clock::time_point now) = 0;
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

struct HubCounters {
  std::uint64_t frames_sent = 0;       ///< queued for clients
  std::uint64_t frames_conflated = 0;  ///< left out for slow clients
  std::uint64_t closed_slow = 0;
  std::uint64_t refused = 0;  ///< connections and requests
  std::uint64_t bad_messages = 0;
};

/// Carries what the bus says to every client that wants it. One thread.
class Hub {
 public:
  explicit Hub(Board& board) : board_(board) {}

  [[nodiscard]] Board& board() { return board_; }
  [[nodiscard]] const Board& board() const { return board_; }
  [[nodiscard]] HubCounters& counters() { return counters_; }
  [[nodiscard]] const HubCounters& counters() const { return counters_; }
  [[nodiscard]] std::size_t clients() const { return clients_.size(); }

  /// Adds a client and sends it what is known.
  void join(const std::shared_ptr<Client>& client);
  void leave(const Client* client);
  /// Sends what is known and wanted.
  void send_snapshot(Client& client) const;

  /// Queues the frames for all that want them; flush() writes them.
  void publish(const std::vector<FramePtr>& frames);
  void flush();

  /// To be called about twice a second.
  void check(std::chrono::steady_clock::time_point now);
  void close_all(std::uint16_t code, std::string_view reason);

 private:
  Board& board_;
  std::vector<std::shared_ptr<Client>> clients_;
  HubCounters counters_;
};

}  // namespace depthwire::gateway
