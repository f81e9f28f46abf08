#include "services/tokens/actors/feed_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <deque>
#include <list>
#include <string>
#include <sys/un.h>
#include <system_error>
#include <utility>

namespace depthwire::tokens {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

constexpr std::size_t most_lines_waiting = 8;

stream_protocol::endpoint endpoint_of(const std::filesystem::path& path) {
  if (path.string().size() >= sizeof(sockaddr_un::sun_path)) {
    throw std::system_error(std::make_error_code(std::errc::filename_too_long),
                            path.string() + " cannot be a socket");
  }
  return stream_protocol::endpoint(path.string());
}

/// One that listens.
class Peer : public std::enable_shared_from_this<Peer> {
 public:
  explicit Peer(stream_protocol::socket socket) : socket_(std::move(socket)) {}

  void start() { wait_for_end(); }
  [[nodiscard]] bool open() const { return socket_.is_open(); }
  void close() {
    error_code ignored;  // it is left in any case
    socket_.close(ignored);
  }
  void tell(const std::string& line) {
    if (waiting_.size() >= most_lines_waiting) return close();
    waiting_.push_back(line);
    if (waiting_.size() == 1) write();
  }

 private:
  void write() {
    asio::async_write(socket_, asio::buffer(waiting_.front()),
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        if (error) return self->close();
                        self->waiting_.pop_front();
                        if (!self->waiting_.empty()) self->write();
                      });
  }

  // Nobody has anything to say here; a read tells when the peer goes.
  void wait_for_end() {
    socket_.async_read_some(
        asio::buffer(byte_),
        [self = shared_from_this()](const error_code&, std::size_t) { self->close(); });
  }

  stream_protocol::socket socket_;
  std::deque<std::string> waiting_;
  std::array<char, 1> byte_{};
};

}  // namespace

class FeedServer::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& io, const std::filesystem::path& path) : path_(path), acceptor_(io) {
    const auto endpoint = endpoint_of(path);
    error_code error;
    stream_protocol::socket probe(io);
    probe.connect(endpoint, error);
    if (!error) {
      throw std::system_error(std::make_error_code(std::errc::address_in_use), path.string());
    }
    if (std::filesystem::is_socket(path)) std::filesystem::remove(path);
    acceptor_.open(endpoint.protocol());
    acceptor_.bind(endpoint);
    // Before it listens, nobody gets in by whatever mode it was made with.
    std::filesystem::permissions(
        path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    acceptor_.listen();
  }

  void accept() {
    acceptor_.async_accept(
        [self = shared_from_this()](const error_code& error, stream_protocol::socket socket) {
          if (error == asio::error::operation_aborted || !self->acceptor_.is_open()) return;
          if (!error) self->welcome(std::move(socket));
          self->accept();
        });
  }

  void tell(const FeedLine& line) {
    line_ = to_line(line);
    peers_.remove_if([](const auto& peer) { return !peer->open(); });
    for (const auto& peer : peers_) peer->tell(line_);
  }

  void stop() {
    error_code ignored;  // the process ends
    acceptor_.close(ignored);
    for (const auto& peer : peers_) peer->close();
    std::error_code gone;
    std::filesystem::remove(path_, gone);
  }

 private:
  void welcome(stream_protocol::socket socket) {
    peers_.remove_if([](const auto& peer) { return !peer->open(); });
    const auto peer = std::make_shared<Peer>(std::move(socket));
    peers_.push_back(peer);
    peer->start();
    if (!line_.empty()) peer->tell(line_);
  }

  std::filesystem::path path_;
  stream_protocol::acceptor acceptor_;
  std::list<std::shared_ptr<Peer>> peers_;
  std::string line_;
};

FeedServer::FeedServer(asio::io_context& io, const std::filesystem::path& socket)
    : impl_(std::make_shared<Impl>(io, socket)) {
  impl_->accept();
}

FeedServer::~FeedServer() { impl_->stop(); }

void FeedServer::tell(const FeedLine& line) { impl_->tell(line); }

}  // namespace depthwire::tokens
