#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace depthwire::ctrader {

struct ConnectionOptions {
  std::string host;
  std::uint16_t port = 5035;
  std::filesystem::path ca_file;              ///< PEM; empty: the system's store
  std::chrono::milliseconds timeout{10'000};  ///< for resolving, connecting and the TLS handshake
};

/// Why there is no connection, in words. `certificate`: the server is not who we were told to
/// trust, which trying again does not mend.
struct ConnectionFailure {
  std::string reason;
  bool certificate = false;
};

/// Hears from a Connection, on the thread of its io_context.
class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;
  /// TLS is up and the server's certificate verified.
  virtual void on_open() = 0;
  /// All whole frames that were ready, in order, without their lengths. Valid during the call.
  virtual void on_frames(std::span<const std::string_view> frames) = 0;
  /// Could not connect, or the connection ended; never after close().
  virtual void on_closed(const ConnectionFailure& failure) = 0;
};

/// A TLS connection that carries frames. TLS 1.2 or newer; the server's chain and host name are
/// always verified. Used on one thread, the one that runs the io_context.
///
/// Asio waits and OpenSSL reads: records that are ready are taken in one go, up to 256 KiB, since
/// what one record costs by itself is more than what most frames do.
class Connection {
 public:
  Connection(boost::asio::io_context& io, ConnectionOptions options, ConnectionHandler& handler);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Starts to connect; on_open() or on_closed() follows. Closes what was open before.
  void open();
  /// Ends the connection, if there is one. The handler hears nothing more of it.
  void close();
  /// Queues whole frames. What is queued until the io_context runs on goes out in one write.
  void send(std::string_view frames);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace depthwire::ctrader
