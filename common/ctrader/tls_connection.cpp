#include "common/ctrader/tls_connection.hpp"

#include <boost/asio/connect.hpp>
#include <openssl/err.h>

#include <csignal>

namespace depthwire::ctrader {

namespace asio = boost::asio;

TlsConnection::TlsConnection(asio::io_context& io, ConnectionOptions options,
                             ConnectionHandler& handler)
    : io_{io},
      options_{std::move(options)},
      handler_{handler},
      resolver_{io},
      socket_{io},
      timer_{io} {
  // OpenSSL writes without MSG_NOSIGNAL: a peer that has gone must be an error, not the end.
  std::signal(SIGPIPE, SIG_IGN);
}

void TlsConnection::open() {
  close();
  timer_.expires_after(options_.timeout);
  timer_.async_wait(current([this](ErrorCode error) {
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
      current([this](ErrorCode error, const Tcp::resolver::results_type& endpoints) {
        if (error) {
          fail({"cannot find the host " + options_.host + ": " + error.message()});
        } else {
          connect(endpoints);
        }
      }));
}

void TlsConnection::connect(const Tcp::resolver::results_type& endpoints) {
  asio::async_connect(socket_, endpoints,
                      current([this](ErrorCode error, const Tcp::endpoint& /*where*/) {
                        if (error) {
                          fail({"cannot connect to " + endpoint() + ": " + error.message()});
                        } else {
                          begin_tls();
                        }
                      }));
}

void TlsConnection::begin_tls() {
  ErrorCode ignored;  // a connection without these options is slower, not wrong
  socket_.set_option(Tcp::no_delay(true), ignored);
  socket_.native_non_blocking(true);
  ssl_ = make_session(context_.get(), options_.host, socket_.native_handle());
  handshake();
}

void TlsConnection::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) return verify_pin();
  const int error = SSL_get_error(ssl_.get(), result);
  const auto again = current([this](ErrorCode failed) {
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

void TlsConnection::verify_pin() {
  if (auto failure = pin_failure(ssl_.get(), options_)) return fail(std::move(*failure));
  secured();
}

bool TlsConnection::opened() {
  timer_.cancel();
  open_ = true;
  const auto generation = generation_;
  handler_.on_open();
  return generation == generation_;
}

void TlsConnection::fail(ConnectionFailure failure) {
  close();
  handler_.on_closed(failure);
}

void TlsConnection::close() {
  ++generation_;
  reset();
  if (open_ && ssl_) SSL_shutdown(ssl_.get());  // says goodbye; does not wait for the answer
  open_ = false;
  ssl_.reset();
  ErrorCode ignored;  // there may be nothing to cancel or to close
  timer_.cancel(ignored);
  resolver_.cancel();
  socket_.close(ignored);
}

}  // namespace depthwire::ctrader
