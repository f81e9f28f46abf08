#pragma once

#include "common/ctrader/connection.hpp"
#include "common/ctrader/tls.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <concepts>
#include <memory>
#include <utility>

namespace depthwire::ctrader {

/// What all transports share: finds the host, connects, shakes hands, and knows which of its
/// completion handlers belong to a connection that is no more. Asio waits and OpenSSL reads.
class TlsConnection : public std::enable_shared_from_this<TlsConnection> {
 public:
  TlsConnection(boost::asio::io_context& io, ConnectionOptions options, ConnectionHandler& handler);
  virtual ~TlsConnection() = default;
  TlsConnection(const TlsConnection&) = delete;
  TlsConnection& operator=(const TlsConnection&) = delete;

  void open();
  void close();
  virtual void send(std::string_view frames) = 0;

 protected:
  using Tcp = boost::asio::ip::tcp;
  using ErrorCode = boost::system::error_code;

  /// Bytes after which what has come is handed on, though more is ready.
  static constexpr std::size_t group_bytes = std::size_t{256} * 1024;

  /// TLS is up: the transport goes on, and calls opened() when messages can go both ways.
  virtual void secured() = 0;
  /// The connection ends, and its socket is closed next: the transport forgets what it holds of it.
  virtual void reset() = 0;

  /// Tells the handler; false when that ended this connection.
  bool opened();
  void fail(ConnectionFailure failure);

  /// Wraps a completion handler: it runs only while its connection is still the current one.
  template <class F>
  auto current(F function) {
    return [ self = shared_from_this(), generation = generation_,
             function = std::move(function) ]<class... Arguments>(Arguments && ... arguments)
      requires std::invocable<const F&, Arguments...>
    {
      if (generation == self->generation_) function(std::forward<Arguments>(arguments)...);
    };
  }

  [[nodiscard]] boost::asio::io_context& io() { return io_; }
  [[nodiscard]] const ConnectionOptions& options() const { return options_; }
  [[nodiscard]] ConnectionHandler& handler() { return handler_; }
  [[nodiscard]] Tcp::socket& socket() { return socket_; }
  [[nodiscard]] Ssl& ssl() { return ssl_; }
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  [[nodiscard]] bool is_open() const { return open_; }

 private:
  void connect(const Tcp::resolver::results_type& endpoints);
  void begin_tls();
  void handshake();
  void verify_pin();
  [[nodiscard]] std::string endpoint() const {
    return options_.host + ":" + std::to_string(options_.port);
  }

  boost::asio::io_context& io_;
  ConnectionOptions options_;
  ConnectionHandler& handler_;
  Tcp::resolver resolver_;
  Tcp::socket socket_;
  boost::asio::steady_timer timer_;
  SslContext context_;
  Ssl ssl_;
  std::uint64_t generation_ = 0;  // of connections: handlers of an older one do nothing
  bool open_ = false;
};

/// The transports, for Connection only. The first is in tcp_connection.cpp, the others in
/// websocket_connection.cpp.
[[nodiscard]] std::shared_ptr<TlsConnection> make_tcp_connection(boost::asio::io_context& io,
                                                                 ConnectionOptions options,
                                                                 ConnectionHandler& handler);
[[nodiscard]] std::shared_ptr<TlsConnection> make_websocket_connection(boost::asio::io_context& io,
                                                                       ConnectionOptions options,
                                                                       ConnectionHandler& handler);

}  // namespace depthwire::ctrader
