#include "common/tokens/feed.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <spdlog/spdlog.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace depthwire::tokens {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

constexpr std::chrono::seconds look_again{1};

}  // namespace

class Feed::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(asio::io_context& io, std::filesystem::path path, Handler handler)
      : path_(std::move(path)), handler_(std::move(handler)), socket_(io), timer_(io) {}

  void connect() {
    socket_.async_connect(stream_protocol::endpoint(path_.string()),
                          [self = shared_from_this()](const error_code& error) {
                            if (self->stopped_) return;
                            if (error)
                              return self->again("cannot connect (" + error.message() + ")");
                            self->complaint_.clear();
                            self->read();
                          });
  }

  void stop() {
    stopped_ = true;
    error_code ignored;  // what cannot be closed or cancelled finds us stopped
    socket_.close(ignored);
    timer_.cancel(ignored);
  }

 private:
  void read() {
    asio::async_read_until(socket_, asio::dynamic_buffer(buffer_, longest_feed_line), '\n',
                           [self = shared_from_this()](const error_code& error, std::size_t size) {
                             if (self->stopped_) return;
                             if (error) return self->again("it has ended: " + error.message());
                             self->take(size);
                           });
  }

  void take(std::size_t size) {
    const auto line = parse_line(std::string_view(buffer_).substr(0, size));
    buffer_.erase(0, size);
    if (!line) return again("a line that cannot be read: " + line.error());
    if (!last_ || *line != *last_) {
      last_ = *line;
      handler_(*line);
    }
    if (!stopped_) read();
  }

  /// Says why once, not every second.
  void again(const std::string& why) {
    if (complaint_ != why) spdlog::warn("tokens at {}: {}", path_.string(), why);
    complaint_ = why;
    error_code ignored;  // it is thrown away
    socket_.close(ignored);
    buffer_.clear();
    timer_.expires_after(look_again);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error && !self->stopped_) self->connect();
    });
  }

  std::filesystem::path path_;
  Handler handler_;
  stream_protocol::socket socket_;
  asio::steady_timer timer_;
  std::string buffer_;
  std::optional<FeedLine> last_;
  std::string complaint_;
  bool stopped_ = false;
};

Feed::Feed(asio::io_context& io, std::filesystem::path socket, Handler handler)
    : impl_(std::make_shared<Impl>(io, std::move(socket), std::move(handler))) {
  impl_->connect();
}

Feed::~Feed() { impl_->stop(); }

}  // namespace depthwire::tokens
