#pragma once

#include "simulator/faults/wire_faults.hpp"
#include "simulator/server/session.hpp"
#include "simulator/server/transport.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace depthwire::simulator {

/// One client's TLS socket around its session. Lives on the io_context's one thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  struct Handlers {
    std::function<void()> on_room;                              ///< a write went out
    std::function<void(const std::string& peer)> on_connected;  ///< the TLS handshake is done
    std::function<void(const std::string& reason)> on_closed;   ///< once, when the socket is gone
  };

  Connection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& tls,
             Transport transport, std::unique_ptr<Session> session, Handlers handlers);

  void start();
  /// Joins all that waits into one write, unless one is under way: then that one's end does.
  void flush();
  void on_tick(TimePoint now);
  void close(const std::string& reason);

  /// What is wrong with the way out; flush() after a change.
  [[nodiscard]] WireFaults& wire() { return wire_; }
  /// Sends what is wrong after the messages that wait.
  template <class WireFault>
  void inject(const WireFault& fault) {
    transport_.send(*session_, outgoing_);
    outgoing_ += transport_.bytes_of(fault);
    flush();
  }

  [[nodiscard]] Session& session() { return *session_; }
  /// Bytes that no write has taken yet.
  [[nodiscard]] std::size_t waiting_bytes() const {
    return session_->output().size() + outgoing_.size();
  }
  [[nodiscard]] bool open() const { return open_; }
  [[nodiscard]] const std::string& peer() const { return peer_; }

 private:
  void read();
  void write(std::size_t size);
  void flush_at(TimePoint time);
  void finish();
  [[nodiscard]] bool closing() const { return session_->closing() || transport_.closed(); }
  [[nodiscard]] std::string close_reason() const {
    return transport_.closed() ? *transport_.closed() : session_->close_reason();
  }

  boost::asio::ssl::stream<boost::asio::ip::tcp::socket> stream_;
  Transport transport_;
  std::unique_ptr<Session> session_;
  Handlers handlers_;
  std::string peer_;
  TimePoint accepted_;
  std::optional<TimePoint> closing_since_;
  std::array<char, 65536> inbox_;
  std::string outgoing_;  // what waits, as it goes out
  std::string writing_;
  std::size_t written_ = 0;  // of writing_
  WireFaults wire_;
  boost::asio::steady_timer again_;  // when a fault lets bytes out
  bool ready_ = false;               // the handshake is done
  bool busy_ = false;                // a write is under way
  bool open_ = true;
};

}  // namespace depthwire::simulator
