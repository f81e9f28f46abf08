#include "common/ctrader/frame.hpp"
#include "common/ctrader/tls_connection.hpp"

#include <openssl/err.h>

#include <optional>
#include <vector>

namespace depthwire::ctrader {
namespace {

constexpr std::size_t read_bytes = std::size_t{64} * 1024;

/// Frames over TLS. Records that are ready are taken in one go, up to 256 KiB, since what one
/// record costs by itself is more than what most frames do.
class TcpConnection final : public TlsConnection {
 public:
  using TlsConnection::TlsConnection;

  void send(std::string_view frames) override;

 private:
  void secured() override {
    if (opened()) read();
  }
  void reset() override;
  void wait_readable();
  void read();
  bool hand_on();
  void write();
  void wait_writable();

  FrameSplitter splitter_;
  std::vector<std::string_view> frames_;
  std::string outgoing_;
  bool writing_ = false;  // a write is posted or waits for room
};

void TcpConnection::reset() {
  writing_ = false;
  outgoing_.clear();
  splitter_.clear();
}

void TcpConnection::wait_readable() {
  socket().async_wait(Tcp::socket::wait_read, current([this](ErrorCode error) {
                        if (error) {
                          fail({"reading failed: " + error.message()});
                        } else {
                          read();
                        }
                      }));
}

void TcpConnection::read() {
  std::size_t size = 0;
  std::optional<ConnectionFailure> failure;
  bool drained = false;
  while (size < group_bytes && !drained && !failure) {
    const auto space = splitter_.prepare(read_bytes);
    ERR_clear_error();
    const int result = SSL_read(ssl().get(), space.data(), static_cast<int>(space.size()));
    if (result > 0) {
      splitter_.commit(static_cast<std::size_t>(result));
      size += static_cast<std::size_t>(result);
      continue;
    }
    switch (SSL_get_error(ssl().get(), result)) {
      // We never renegotiate and TLS 1.3 answers by itself, so a read waits for nothing but bytes.
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE: drained = true; break;
      case SSL_ERROR_ZERO_RETURN: failure = {"the server closed the connection"}; break;
      default: failure = {"the connection broke: " + take_error("the server went away")};
    }
  }
  if (!hand_on()) return;
  if (failure) return fail(std::move(*failure));
  if (drained) return wait_readable();
  boost::asio::post(io(), current([this] { read(); }));  // let timers and commands in between
}

/// Gives all whole frames to the handler; false when that ended this connection.
bool TcpConnection::hand_on() {
  frames_.clear();
  auto next = splitter_.next();
  for (; next && *next; next = splitter_.next()) frames_.push_back(**next);
  const auto before = generation();
  if (!frames_.empty()) handler().on_frames(frames_);
  if (before != generation()) return false;
  if (next) return true;
  fail({"the server sent " + std::string(to_string(next.error()))});
  return false;
}

void TcpConnection::send(std::string_view frames) {
  if (!is_open()) return;
  outgoing_.append(frames);
  if (writing_) return;
  writing_ = true;
  boost::asio::post(io(), current([this] { write(); }));
}

void TcpConnection::write() {
  while (!outgoing_.empty()) {
    ERR_clear_error();
    const int result = SSL_write(ssl().get(), outgoing_.data(), static_cast<int>(outgoing_.size()));
    if (result > 0) {
      outgoing_.erase(0, static_cast<std::size_t>(result));
      continue;
    }
    switch (SSL_get_error(ssl().get(), result)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE: return wait_writable();
      default: return fail({"writing failed: " + take_error("the server went away")});
    }
  }
  writing_ = false;
}

void TcpConnection::wait_writable() {
  socket().async_wait(Tcp::socket::wait_write, current([this](ErrorCode error) {
                        if (error) {
                          fail({"writing failed: " + error.message()});
                        } else {
                          write();
                        }
                      }));
}

}  // namespace

std::shared_ptr<TlsConnection> make_tcp_connection(boost::asio::io_context& io,
                                                   ConnectionOptions options,
                                                   ConnectionHandler& handler) {
  return std::make_shared<TcpConnection>(io, std::move(options), handler);
}

}  // namespace depthwire::ctrader
