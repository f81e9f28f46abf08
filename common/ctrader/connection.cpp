#include "common/ctrader/connection.hpp"

#include "common/ctrader/frame.hpp"
#include "common/ctrader/tls.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <openssl/err.h>

#include <concepts>
#include <csignal>
#include <optional>
#include <vector>

namespace depthwire::ctrader {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::size_t group_bytes = 256 * 1024;

}  // namespace

class Connection::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& io, ConnectionOptions options, ConnectionHandler& handler)
      : io_{io},
        options_{std::move(options)},
        handler_{handler},
        resolver_{io},
        socket_{io},
        timer_{io} {
    // OpenSSL writes without MSG_NOSIGNAL: a peer that has gone must be an error, not the end.
    std::signal(SIGPIPE, SIG_IGN);
  }

  void open();
  void close();
  void send(std::string_view frames);

 private:
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

  void connect(const Tcp::resolver::results_type& endpoints);
  void begin_tls();
  void handshake();
  void opened();
  void wait_readable();
  void read();
  bool hand_on();
  void write();
  void wait_writable();
  void fail(ConnectionFailure failure);
  [[nodiscard]] std::string endpoint() const {
    return options_.host + ":" + std::to_string(options_.port);
  }

  asio::io_context& io_;
  ConnectionOptions options_;
  ConnectionHandler& handler_;
  Tcp::resolver resolver_;
  Tcp::socket socket_;
  asio::steady_timer timer_;
  SslContext context_;
  Ssl ssl_;
  std::uint64_t generation_ = 0;  // of connections: handlers of an older one do nothing
  bool open_ = false;
  FrameSplitter splitter_;
  std::vector<std::string_view> frames_;
  std::string outgoing_;
  bool writing_ = false;  // a write is posted or waits for room
};

void Connection::Impl::open() {
  close();
  timer_.expires_after(options_.timeout);
  timer_.async_wait(current([this](error_code error) {
    if (!error) fail({"no connection to " + endpoint() + " in time"});
  }));
  auto context = make_context(options_.ca_file);
  if (!context) {
    // Later, so that open() itself never calls back.
    asio::post(io_, current([this, failure = context.error()] { fail(failure); }));
    return;
  }
  context_ = std::move(*context);
  resolver_.async_resolve(
      options_.host, std::to_string(options_.port),
      current([this](error_code error, const Tcp::resolver::results_type& endpoints) {
        if (error) {
          fail({"cannot find the host " + options_.host + ": " + error.message()});
        } else {
          connect(endpoints);
        }
      }));
}

void Connection::Impl::connect(const Tcp::resolver::results_type& endpoints) {
  asio::async_connect(socket_, endpoints,
                      current([this](error_code error, const Tcp::endpoint& /*where*/) {
                        if (error) {
                          fail({"cannot connect to " + endpoint() + ": " + error.message()});
                        } else {
                          begin_tls();
                        }
                      }));
}

void Connection::Impl::begin_tls() {
  error_code ignored;  // a connection without these options is slower, not wrong
  socket_.set_option(Tcp::no_delay(true), ignored);
  socket_.native_non_blocking(true);
  ssl_ = make_session(context_.get(), options_.host, socket_.native_handle());
  handshake();
}

void Connection::Impl::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return opened();
  const int error = SSL_get_error(ssl_.get(), result);
  const auto again = current([this](error_code failed) {
    if (failed) {
      fail({"TLS handshake failed: " + failed.message()});
    } else {
      handshake();
    }
  });
  switch (error) {
    case SSL_ERROR_WANT_READ: socket_.async_wait(Tcp::socket::wait_read, again); return;
    case SSL_ERROR_WANT_WRITE: socket_.async_wait(Tcp::socket::wait_write, again); return;
    default: fail(handshake_failure(ssl_.get(), error, options_));
  }
}

void Connection::Impl::opened() {
  timer_.cancel();
  open_ = true;
  const auto generation = generation_;
  handler_.on_open();
  if (generation == generation_) read();
}

void Connection::Impl::wait_readable() {
  socket_.async_wait(Tcp::socket::wait_read, current([this](error_code error) {
                       if (error) {
                         fail({"reading failed: " + error.message()});
                       } else {
                         read();
                       }
                     }));
}

void Connection::Impl::read() {
  std::size_t size = 0;
  std::optional<ConnectionFailure> failure;
  bool drained = false;
  while (size < group_bytes && !drained && !failure) {
    const auto space = splitter_.prepare(read_bytes);
    ERR_clear_error();
    const int result = SSL_read(ssl_.get(), space.data(), static_cast<int>(space.size()));
    if (result > 0) {
      splitter_.commit(static_cast<std::size_t>(result));
      size += static_cast<std::size_t>(result);
      continue;
    }
    switch (SSL_get_error(ssl_.get(), result)) {
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
  asio::post(io_, current([this] { read(); }));  // let timers and commands in between
}

/// Gives all whole frames to the handler; false when that ended this connection.
bool Connection::Impl::hand_on() {
  frames_.clear();
  auto next = splitter_.next();
  for (; next && *next; next = splitter_.next()) frames_.push_back(**next);
  const auto generation = generation_;
  if (!frames_.empty()) handler_.on_frames(frames_);
  if (generation != generation_) return false;
  if (next) return true;
  fail({"the server sent " + std::string(to_string(next.error()))});
  return false;
}

void Connection::Impl::send(std::string_view frames) {
  if (!open_) return;
  outgoing_.append(frames);
  if (writing_) return;
  writing_ = true;
  asio::post(io_, current([this] { write(); }));
}

void Connection::Impl::write() {
  while (!outgoing_.empty()) {
    ERR_clear_error();
    const int result = SSL_write(ssl_.get(), outgoing_.data(), static_cast<int>(outgoing_.size()));
    if (result > 0) {
      outgoing_.erase(0, static_cast<std::size_t>(result));
      continue;
    }
    switch (SSL_get_error(ssl_.get(), result)) {
      case SSL_ERROR_WANT_READ:
      case SSL_ERROR_WANT_WRITE: return wait_writable();
      default: return fail({"writing failed: " + take_error("the server went away")});
    }
  }
  writing_ = false;
}

void Connection::Impl::wait_writable() {
  socket_.async_wait(Tcp::socket::wait_write, current([this](error_code error) {
                       if (error) {
                         fail({"writing failed: " + error.message()});
                       } else {
                         write();
                       }
                     }));
}

void Connection::Impl::fail(ConnectionFailure failure) {
  close();
  handler_.on_closed(failure);
}

void Connection::Impl::close() {
  ++generation_;
  if (open_) SSL_shutdown(ssl_.get());  // says goodbye; does not wait for the answer
  open_ = false;
  writing_ = false;
  outgoing_.clear();
  splitter_.clear();
  ssl_.reset();
  error_code ignored;  // there may be nothing to cancel or to close
  timer_.cancel(ignored);
  resolver_.cancel();
  socket_.close(ignored);
}

Connection::Connection(asio::io_context& io, ConnectionOptions options, ConnectionHandler& handler)
    : impl_{std::make_shared<Impl>(io, std::move(options), handler)} {}

Connection::~Connection() { impl_->close(); }

void Connection::open() { impl_->open(); }
void Connection::close() { impl_->close(); }
void Connection::send(std::string_view frames) { impl_->send(frames); }

}  // namespace depthwire::ctrader
