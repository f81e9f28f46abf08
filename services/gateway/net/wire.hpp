#pragma once

#include "services/gateway/core/outbox.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace depthwire::gateway {

/// The sending side of one WebSocket: all that waits goes out in one write whenever the socket is
/// free. Two queues share the socket: `control`, in which Beast puts its handshake, pongs and close
/// frames, and the outbox of frames that are encoded already. Beast never writes by itself, so
/// nothing can land in the middle of a frame.
class Wire : public std::enable_shared_from_this<Wire> {
 public:
  using Clock = std::chrono::steady_clock;

  Wire(boost::asio::ip::tcp::socket socket, Outbox::Limits limits);

  [[nodiscard]] boost::asio::ip::tcp::socket& socket() { return socket_; }
  [[nodiscard]] const Outbox& outbox() const { return outbox_; }

  /// Queues a frame. False when too much waits even after conflating.
  [[nodiscard]] bool push(const FramePtr& frame);
  /// Queues bytes before all frames. A close frame ends what can be queued. False when a peer makes
  /// us answer faster than it reads.
  [[nodiscard]] bool push_control(std::string_view bytes);
  /// Writes what waits until the socket takes no more; goes on by itself when it does again.
  void flush();

  /// Forgets what waits, sends a close frame behind what the socket has begun to take, and says
  /// that nothing follows.
  void close(std::uint16_t code, std::string_view reason);
  /// Sends what waits, says that nothing follows, takes what the peer still says for
  /// five seconds at most, closes. For when nobody reads any more.
  void finish();
  /// Closes at once.
  void abort();

  [[nodiscard]] bool closing() const { return closing_; }
  /// How long the socket has not taken the current write; zero while it is free.
  [[nodiscard]] Clock::duration stuck(Clock::time_point now) const;
  /// Frames left out since the last call because the client was slow.
  [[nodiscard]] std::uint64_t take_dropped() { return outbox_.take_dropped(); }

 private:
  /// False when there was nothing.
  bool fill();
  void wait_for_room();
  void drain_input();

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer last_call_;
  Outbox outbox_;
  std::string control_;
  std::string writing_;
  std::size_t written_ = 0;
  bool waiting_ = false;    ///< for room in the socket
  bool closing_ = false;    ///< a close frame is queued or sent: nothing may follow it
  bool finishing_ = false;  ///< the connection is half closed once all is written
  bool draining_ = false;
  Clock::time_point stuck_since_{};
};

}  // namespace depthwire::gateway
