#include "simulator/server/connection.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace depthwire::simulator {
namespace {

constexpr std::chrono::seconds handshake_time{10};
constexpr std::chrono::seconds goodbye_time{1};

}  // namespace

Connection::Connection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context& tls,
                       Transport transport, std::unique_ptr<Session> session, Handlers handlers)
    : stream_(std::move(socket), tls),
      transport_(std::move(transport)),
      session_(std::move(session)),
      handlers_(std::move(handlers)),
      accepted_(std::chrono::steady_clock::now()),
      again_(stream_.get_executor()) {
  boost::system::error_code error;
  const auto endpoint = stream_.lowest_layer().remote_endpoint(error);
  peer_ =
      error ? "unknown" : endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
  stream_.lowest_layer().set_option(boost::asio::ip::tcp::no_delay(true), error);
}

void Connection::start() {
  stream_.async_handshake(boost::asio::ssl::stream_base::server,
                          [self = shared_from_this()](const boost::system::error_code& error) {
                            if (!self->open_) return;
                            if (error) return self->close("TLS handshake: " + error.message());
                            self->ready_ = true;
                            spdlog::info("client {}: connected", self->peer_);
                            self->handlers_.on_connected(self->peer_);
                            self->read();
                          });
}

void Connection::read() {
  stream_.async_read_some(
      boost::asio::buffer(inbox_),
      [self = shared_from_this()](const boost::system::error_code& error, std::size_t size) {
        if (!self->open_) return;
        if (error) return self->close("the client left: " + error.message());
        self->transport_.receive({self->inbox_.data(), size}, *self->session_,
                                 std::chrono::steady_clock::now(), self->outgoing_);
        self->flush();
        if (self->closing()) return;
        self->read();
      });
}

void Connection::flush() {
  if (!ready_ || busy_ || !open_) return;
  transport_.send(*session_, outgoing_);
  const bool begun = written_ < writing_.size();
  if (!begun && outgoing_.empty()) {
    if (closing()) finish();
    return;
  }
  const auto waiting = begun ? writing_.size() - written_ : outgoing_.size();
  const auto turn = wire_.next(waiting, std::chrono::steady_clock::now());
  if (turn.again) return flush_at(*turn.again);
  if (!begun) {
    writing_.clear();
    written_ = 0;
    std::swap(writing_, outgoing_);
  }
  write(turn.bytes);
}

void Connection::write(std::size_t size) {
  busy_ = true;
  boost::asio::async_write(
      stream_, boost::asio::buffer(writing_.data() + written_, size),
      [self = shared_from_this(), size](const boost::system::error_code& error, std::size_t) {
        self->busy_ = false;
        self->written_ += size;
        if (!self->open_) return;
        if (error) return self->close("write: " + error.message());
        self->flush();
        self->handlers_.on_room();
      });
}

void Connection::flush_at(TimePoint time) {
  if (again_.expiry() == time) return;  // waits for it already
  again_.expires_at(time);
  again_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->flush();
  });
}

void Connection::on_tick(TimePoint now) {
  if (!open_) return;
  if (!ready_) {
    if (now - accepted_ >= handshake_time) close("no TLS handshake in time");
    return;
  }
  session_->on_tick(now);
  flush();
  if (!closing()) return;
  // A client that does not read its last frames, or does not answer the TLS end, is not waited for.
  if (!closing_since_) closing_since_ = now;
  if (now - *closing_since_ >= goodbye_time) close(close_reason());
}

// Everything is out: a proper TLS end, then the socket.
void Connection::finish() {
  busy_ = true;
  stream_.async_shutdown([self = shared_from_this()](const boost::system::error_code&) {
    self->close(self->close_reason());
  });
  // Only our half of the goodbye is waited for.
  boost::system::error_code error;
  stream_.lowest_layer().shutdown(boost::asio::ip::tcp::socket::shutdown_send, error);
}

void Connection::close(const std::string& reason) {
  if (!open_) return;
  open_ = false;
  again_.cancel();
  boost::system::error_code error;
  stream_.lowest_layer().close(error);
  spdlog::info("client {}: closed, {}", peer_, reason);
  handlers_.on_closed(reason);
}

}  // namespace depthwire::simulator
