#include "services/gateway/net/websocket_session.hpp"

#include "services/gateway/core/rate.hpp"
#include "services/gateway/net/wire.hpp"

#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <utility>

namespace depthwire::gateway {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using ErrorCode = beast::error_code;

/// What Beast takes for the socket: it reads from the socket itself, but what it writes is queued
/// with everything else that waits for this client.
class QueuedStream {
 public:
  using executor_type = asio::ip::tcp::socket::executor_type;

  explicit QueuedStream(std::shared_ptr<Wire> wire) : wire_(std::move(wire)) {}

  executor_type get_executor() { return wire_->socket().get_executor(); }
  Wire& wire() { return *wire_; }

  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    return wire_->socket().async_read_some(buffers, std::forward<Handler>(handler));
  }

  template <class Buffers, class Handler>
  auto async_write_some(const Buffers& buffers, Handler&& handler) {
    return asio::async_initiate<Handler, void(ErrorCode, std::size_t)>(
        [this](auto&& completion, const Buffers& bytes) {
          const auto text = beast::buffers_to_string(bytes);
          ErrorCode error;
          if (!wire_->push_control(text)) error = asio::error::no_buffer_space;
          wire_->flush();
          asio::post(get_executor(),
                     beast::bind_front_handler(std::forward<decltype(completion)>(completion),
                                               error, error ? 0 : text.size()));
        },
        handler, buffers);
  }

 private:
  std::shared_ptr<Wire> wire_;
};

/// Beast calls these when it ends a connection: by a close frame on either side, or on a timeout.
void beast_close_socket(QueuedStream& stream) { stream.wire().abort(); }

template <class Handler>
void async_teardown(beast::role_type, QueuedStream& stream, Handler&& handler) {
  stream.wire().finish();
  asio::post(stream.get_executor(),
             beast::bind_front_handler(std::forward<Handler>(handler), ErrorCode{}));
}

namespace {

using Request = beast::http::request<beast::http::string_body>;

class WebSocketSession final : public Client,
                               public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(asio::ip::tcp::socket socket, Hub& hub, const ServerSettings& settings,
                   std::function<void()> ended)
      : wire_(std::make_shared<Wire>(std::move(socket), settings.outbox)),
        stream_(wire_),
        hub_(hub),
        settings_(settings),
        ended_(std::move(ended)),
        rate_(settings.max_messages_per_second) {}

  ~WebSocketSession() override { ended_(); }

  void start(const Request& request) {
    stream_.set_option(websocket::stream_base::timeout{.handshake_timeout = std::chrono::seconds(5),
                                                       .idle_timeout = settings_.ping_every * 2,
                                                       .keep_alive_pings = true});
    stream_.read_message_max(settings_.max_message_bytes);
    stream_.async_accept(request, [self = shared_from_this()](ErrorCode error) {
      if (!error) self->join();
    });
  }

  const Subscription& subscription() const override { return subscription_; }

  void send(const FramePtr& frame) override {
    if (!wire_->push(frame)) close_slow();
  }

  void flush() override { wire_->flush(); }

  void check(std::chrono::steady_clock::time_point now) override {
    if (const auto dropped = wire_->take_dropped(); dropped != 0) {
      hub_.counters().frames_conflated += dropped;
      missed_ += dropped;
    }
    if (missed_ != 0 && !wire_->outbox().conflating()) {
      reply(conflated_json(std::exchange(missed_, 0)));
    }
    const auto stuck = wire_->stuck(now);
    if (wire_->closing()) {
      if (stuck > settings_.slow_after) wire_->abort();
    } else if (wire_->outbox().conflating() && stuck > settings_.slow_after) {
      close_slow();
    }
  }

  void close(std::uint16_t code, std::string_view reason) override { wire_->close(code, reason); }

 private:
  void join() {
    reply(hello_json(hub_.board().environment(), settings_.version));
    hub_.join(shared_from_this());
    read();
  }

  void read() {
    stream_.async_read(input_, [self = shared_from_this()](ErrorCode error, std::size_t) {
      if (error) return self->end();
      self->take_message();
      self->read();
    });
  }

  /// Beast has read a close frame, or lost the connection, or refused what came.
  void end() {
    hub_.leave(this);
    wire_->finish();
  }

  void take_message() {
    const auto text = beast::buffers_to_string(input_.data());
    input_.consume(input_.size());
    if (wire_->closing()) return;
    if (!rate_.allow(std::chrono::steady_clock::now())) {
      ++hub_.counters().bad_messages;
      return wire_->close(close_policy, "too many messages a second");
    }
    const auto request = stream_.got_binary()
                             ? tl::make_unexpected(std::string("the message is binary"))
                             : parse_request(text);
    if (!request) {
      ++hub_.counters().bad_messages;
      return reply(error_json(request.error()));
    }
    subscription_ = *request;
    reply(subscribed_json(subscription_));
    hub_.send_snapshot(*this);
  }

  void reply(std::string_view json) {
    Frame frame;
    frame.bytes = text_frame(json);
    send(std::make_shared<const Frame>(std::move(frame)));
    flush();
  }

  void close_slow() {
    if (wire_->closing()) return;
    ++hub_.counters().closed_slow;
    wire_->close(close_try_again_later, "the client reads too slowly");
  }

  std::shared_ptr<Wire> wire_;
  websocket::stream<QueuedStream, /*deflateSupported=*/false> stream_;
  Hub& hub_;
  const ServerSettings& settings_;
  std::function<void()> ended_;
  Rate rate_;
  Subscription subscription_;
  beast::flat_buffer input_;
  std::uint64_t missed_ = 0;
};

}  // namespace

void start_websocket_session(asio::ip::tcp::socket socket, const Request& request, Hub& hub,
                             const ServerSettings& settings, std::function<void()> ended) {
  std::make_shared<WebSocketSession>(std::move(socket), hub, settings, std::move(ended))
      ->start(request);
}

}  // namespace depthwire::gateway
