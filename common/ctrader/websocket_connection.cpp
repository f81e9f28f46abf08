#include "common/ctrader/frame.hpp"
#include "common/ctrader/json_codec.hpp"
#include "common/ctrader/tls_connection.hpp"
#include "common/ctrader/tls_stream.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <algorithm>
#include <cassert>
#include <deque>
#include <functional>
#include <vector>

namespace depthwire::ctrader {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;

// A masked close frame with code 1000. Source: RFC 6455, 5.5.1; any mask will do.
constexpr std::string_view close_frame{"\x88\x82\0\0\0\0\x03\xE8", 8};

/// A WebSocket and what its operations use: lives until the last of them has ended.
struct Channel {
  Channel(asio::ip::tcp::socket tcp, Ssl ssl, std::function<void()> on_drained)
      : socket{std::move(tcp), std::move(ssl), std::move(on_drained)} {}

  websocket::stream<TlsStream, false> socket;  // without compression, which the server has not
  beast::flat_buffer incoming;
  std::string writing;
};

/// WebSocket messages over TLS: protobuf in binary ones, or JSON in text ones. The messages that
/// are ready are handed on together, as over TCP.
class WebSocketConnection final : public TlsConnection {
 public:
  using TlsConnection::TlsConnection;

  void send(std::string_view frames) override;

 private:
  void secured() override;
  void reset() override;
  void shake_hands();
  void read();
  void take();
  void add(std::string_view message);
  bool hand_on();
  void write();
  void ended(ErrorCode error);
  [[nodiscard]] bool is_json() const { return options().transport == Transport::json; }
  [[nodiscard]] std::string outgoing(std::string_view frame) const;

  std::shared_ptr<Channel> channel_;
  websocket::response_type response_;
  std::string group_;  // messages that wait to be handed on
  std::vector<std::size_t> ends_;
  std::string handed_on_;
  std::vector<std::string_view> messages_;
  std::deque<std::string> outgoing_;
  bool writing_ = false;
};

void WebSocketConnection::secured() {
  // Both callbacks run inside operations of the channel, which keep us alive, and so does what they
  // do only later.
  auto on_drained = [this, generation = generation()] {
    if (generation != this->generation() || ends_.empty()) return;
    asio::post(io(), current([this] { hand_on(); }));
  };
  channel_ =
      std::make_shared<Channel>(std::move(socket()), std::move(ssl()), std::move(on_drained));
  shake_hands();
}

void WebSocketConnection::shake_hands() {
  auto& socket = channel_->socket;
  socket.read_message_max(frame_limit_bytes);
  socket.auto_fragment(false);
  socket.binary(!is_json());
  // Pings are answered by Beast; here they show that the server is alive.
  socket.control_callback([this, generation = generation()](websocket::frame_type, auto) {
    if (generation != this->generation() || !is_open()) return;
    asio::post(io(), current([this] { handler().on_frames({}); }));
  });
  const auto host = options().host + ":" + std::to_string(options().port);
  socket.async_handshake(response_, host, "/", current([this, channel = channel_](ErrorCode error) {
                           if (error == websocket::error::upgrade_declined) {
                             fail({"the server opens no WebSocket: it answered HTTP " +
                                   std::to_string(response_.result_int())});
                           } else if (error) {
                             fail({"the WebSocket's handshake failed: " + error.message()});
                           } else if (opened()) {
                             read();
                           }
                         }));
}

void WebSocketConnection::read() {
  channel_->socket.async_read(channel_->incoming,
                              current([this, channel = channel_](ErrorCode error, std::size_t) {
                                if (error) {
                                  ended(error);
                                } else {
                                  take();
                                }
                              }));
}

/// One message has come.
void WebSocketConnection::take() {
  auto& incoming = channel_->incoming;
  const auto bytes = incoming.cdata();
  const std::string_view message{static_cast<const char*>(bytes.data()), bytes.size()};
  const bool expected = channel_->socket.got_text() == is_json();
  if (expected && !message.empty()) add(message);
  const bool empty = message.empty();
  incoming.clear();
  if (!expected || empty) {
    if (!hand_on()) return;
    return fail({empty ? "the server sent an empty message"
                       : std::string("the server sent a ") + (is_json() ? "binary" : "text") +
                             " message, where the transport " + (is_json() ? "json" : "websocket") +
                             " has only " + (is_json() ? "text" : "binary") + " ones"});
  }
  if (group_.size() >= group_bytes && !hand_on()) return;
  read();
}

void WebSocketConnection::add(std::string_view message) {
  if (is_json()) {
    if (const auto read = message_from_json(message)) read->AppendPartialToString(&group_);
  } else {
    group_.append(message);
  }
  ends_.push_back(group_.size());
}

/// Gives the messages that wait to the handler; false when that ended this connection.
bool WebSocketConnection::hand_on() {
  if (ends_.empty()) return true;
  // The handler may close and open again, which begins another group.
  std::swap(group_, handed_on_);
  group_.clear();
  messages_.clear();
  std::size_t begin = 0;
  for (const auto end : ends_) {
    messages_.push_back(std::string_view{handed_on_}.substr(begin, end - begin));
    begin = end;
  }
  ends_.clear();
  const auto before = generation();
  handler().on_frames(messages_);
  return before == generation();
}

void WebSocketConnection::ended(ErrorCode error) {
  const auto reason = channel_->socket.reason();
  if (!hand_on()) return;
  if (error == websocket::error::closed) {
    fail({"the server closed the connection (WebSocket code " + std::to_string(reason.code) +
          (reason.reason.empty() ? "" : ", " + std::string(reason.reason.c_str())) + ")"});
  } else if (error == websocket::error::message_too_big) {
    fail({"the server sent a message above the size limit"});
  } else if (error == asio::error::eof) {
    fail({"the server closed the connection"});
  } else {
    fail({"the connection broke: " + error.message()});
  }
}

void WebSocketConnection::send(std::string_view frames) {
  if (!is_open()) return;
  FrameSplitter splitter;
  const auto into = splitter.prepare(frames.size());
  std::copy(frames.begin(), frames.end(), into.begin());
  splitter.commit(frames.size());
  for (auto next = splitter.next(); next && *next; next = splitter.next()) {
    outgoing_.push_back(outgoing(**next));
  }
  if (writing_) return;
  writing_ = true;
  asio::post(io(), current([this] { write(); }));
}

std::string WebSocketConnection::outgoing(std::string_view frame) const {
  if (!is_json()) return std::string(frame);
  ProtoMessage message;
  [[maybe_unused]] const bool ours =
      message.ParseFromArray(frame.data(), static_cast<int>(frame.size()));
  assert(ours);
  const auto text = json_from_message(message);
  assert(text);
  return *text;
}

void WebSocketConnection::write() {
  if (outgoing_.empty()) {
    writing_ = false;
    return;
  }
  channel_->writing = std::move(outgoing_.front());
  outgoing_.pop_front();
  channel_->socket.async_write(asio::buffer(channel_->writing),
                               current([this, channel = channel_](ErrorCode error, std::size_t) {
                                 if (error) {
                                   fail({"writing failed: " + error.message()});
                                 } else {
                                   write();
                                 }
                               }));
}

void WebSocketConnection::reset() {
  // A message that is half out can have nothing behind it.
  if (channel_) channel_->socket.next_layer().close(writing_ || !is_open() ? "" : close_frame);
  channel_.reset();
  group_.clear();
  ends_.clear();
  outgoing_.clear();
  writing_ = false;
}

}  // namespace

std::shared_ptr<TlsConnection> make_websocket_connection(asio::io_context& io,
                                                         ConnectionOptions options,
                                                         ConnectionHandler& handler) {
  return std::make_shared<WebSocketConnection>(io, std::move(options), handler);
}

}  // namespace depthwire::ctrader
