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

/// What carries the messages, always inside TLS.
enum class Transport : std::uint8_t {
  tcp,        ///< protobuf, each message after its length
  websocket,  ///< protobuf, a binary WebSocket message each
  json,       ///< JSON, a text WebSocket message each
};

struct ConnectionOptions {
  std::string host;
  std::uint16_t port = 5035;
  Transport transport = Transport::tcp;
  std::filesystem::path ca_file;              ///< PEM; empty: the system's store
  std::string pin;                            ///< as in tls.hpp; empty: any key
  std::chrono::milliseconds timeout{10'000};  ///< to resolve, connect and shake hands
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
  /// TLS is up, the server's certificate verified, and the WebSocket open where there is one.
  virtual void on_open() = 0;
  /// The messages that were ready, in order, each a serialized ProtoMessage whatever the transport;
  /// what is not even that (JSON that is none) comes as an empty one. No message at all: the server
  /// gave another sign of life. Valid during the call.
  virtual void on_frames(std::span<const std::string_view> frames) = 0;
  /// Could not connect, or the connection ended; never after close().
  virtual void on_closed(const ConnectionFailure& failure) = 0;
};

class TlsConnection;

/// A connection to the broker over the transport of its options. TLS 1.2 or newer; the server's
/// chain and host name are always verified, and its public key where a pin is given. Used on one
/// thread, the one that runs the io_context.
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
  /// Queues whole frames, a length and a serialized ProtoMessage each, whatever the transport. Over
  /// TCP, what is queued until the io_context runs on goes out in one write.
  void send(std::string_view frames);

 private:
  std::shared_ptr<TlsConnection> connection_;
};

}  // namespace depthwire::ctrader
