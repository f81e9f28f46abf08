#pragma once

#include "common/ctrader/tls.hpp"

#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/role.hpp>
#include <openssl/err.h>

#include <functional>
#include <optional>
#include <utility>

namespace depthwire::ctrader {

/// A TLS session whose handshake is done, as the stream below a WebSocket (Boost.Beast): one read
/// and one write at a time.
class TlsStream {
 public:
  using Tcp = boost::asio::ip::tcp;
  using ErrorCode = boost::system::error_code;
  using executor_type = Tcp::socket::executor_type;  // NOLINT: Asio's name

  /// `on_drained` is called when a read finds nothing more and begins to wait.
  TlsStream(Tcp::socket socket, Ssl ssl, std::function<void()> on_drained)
      : socket_{std::move(socket)}, ssl_{std::move(ssl)}, on_drained_{std::move(on_drained)} {}

  executor_type get_executor() { return socket_.get_executor(); }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return start<Handler>(Direction::read, first_of<boost::asio::mutable_buffer>(buffers), handler);
  }
  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    const auto bytes = first_of<boost::asio::const_buffer>(buffers);
    // Only read from; the same type as for reading keeps this to one operation.
    return start<Handler>(Direction::write, {const_cast<void*>(bytes.data()), bytes.size()},
                          handler);
  }

  /// `last_words` go out if there is room, and TLS's goodbye; nothing is waited for.
  void close(std::string_view last_words = {}) {
    if (!socket_.is_open()) return;
    ERR_clear_error();
    if (!last_words.empty()) {
      SSL_write(ssl_.get(), last_words.data(), static_cast<int>(last_words.size()));
    }
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
    ErrorCode ignored;  // it is given up in any case
    socket_.close(ignored);
  }

 private:
  enum class Direction : std::uint8_t { read, write };

  template <class Buffer, class Buffers>
  static Buffer first_of(const Buffers& buffers) {
    for (auto at = boost::asio::buffer_sequence_begin(buffers);
         at != boost::asio::buffer_sequence_end(buffers); ++at) {
      if (Buffer(*at).size() > 0) return *at;
    }
    return {};
  }

  /// What a try gave: an end, or what to wait for.
  struct Step {
    std::optional<Tcp::socket::wait_type> wait;
    ErrorCode error;
    std::size_t size = 0;
  };
  Step try_once(Direction direction, const boost::asio::mutable_buffer& buffer);

  template <class Handler>
  auto start(Direction direction, boost::asio::mutable_buffer buffer, Handler& handler) {
    return boost::asio::async_compose<Handler, void(ErrorCode, std::size_t)>(
        [this, direction, buffer, done = std::optional<Step>(), begun = false](
            auto& self, ErrorCode failed = {}) mutable {
          if (done) {
            const auto end = *done;
            return self.complete(end.error, end.size);
          }
          if (failed) return self.complete(failed, 0);
          auto step = try_once(direction, buffer);
          if (step.wait) {
            begun = true;
            if (direction == Direction::read) on_drained_();
            return socket_.async_wait(*step.wait, std::move(self));
          }
          if (begun) return self.complete(step.error, step.size);
          done = step;  // not from within the call that starts the operation
          boost::asio::post(socket_.get_executor(), std::move(self));
        },
        handler, socket_);
  }

  Tcp::socket socket_;
  Ssl ssl_;
  std::function<void()> on_drained_;
};

inline TlsStream::Step TlsStream::try_once(Direction direction,
                                           const boost::asio::mutable_buffer& buffer) {
  // Closed while a wait had ended already: the descriptor may be another's by now.
  if (!socket_.is_open()) return {.error = boost::asio::error::operation_aborted};
  if (buffer.size() == 0) return {};
  ERR_clear_error();
  std::size_t size = 0;
  const int result = direction == Direction::read
                         ? SSL_read_ex(ssl_.get(), buffer.data(), buffer.size(), &size)
                         : SSL_write_ex(ssl_.get(), buffer.data(), buffer.size(), &size);
  if (result == 1) return {.size = size};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: return {.wait = Tcp::socket::wait_read};
    case SSL_ERROR_WANT_WRITE: return {.wait = Tcp::socket::wait_write};
    case SSL_ERROR_ZERO_RETURN: return {.error = boost::asio::error::eof};
    default: return {.error = boost::asio::error::connection_reset};
  }
}

/// Beast calls these when it ends a connection: after a close frame, or an error of the protocol.
inline void beast_close_socket(TlsStream& stream) { stream.close(); }

template <class Handler>
void async_teardown(boost::beast::role_type /*role*/, TlsStream& stream, Handler&& handler) {
  stream.close();
  boost::asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
    handler(TlsStream::ErrorCode{});
  });
}

}  // namespace depthwire::ctrader
