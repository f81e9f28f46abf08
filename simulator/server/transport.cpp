#include "simulator/server/transport.hpp"

#include "common/ctrader/json_codec.hpp"
#include "simulator/faults/wire_faults.hpp"

#include <cassert>
#include <utility>

namespace depthwire::simulator {
namespace {

constexpr std::size_t length_bytes = 4;
// As a length it would be above every limit.
constexpr std::string_view http_request = "GET ";
constexpr std::uint16_t websocket_normal = 1000;

std::size_t length_of(std::string_view frame) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) {
    size = (size << 8U) | static_cast<unsigned char>(frame[i]);
  }
  return size;
}

std::string framed(std::string_view message) {
  std::string frame;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    frame.push_back(static_cast<char>((message.size() >> shift) & 0xFFU));
  }
  return frame.append(message);
}

}  // namespace

const std::optional<std::string>& Transport::closed() const {
  return websocket_ && !closed_ ? websocket_->closed() : closed_;
}

void Transport::receive(std::string_view bytes, Session& session, TimePoint now, std::string& out) {
  if (closed()) return;
  if (known_) return take(bytes, session, now, out);
  first_.append(bytes);
  if (first_.size() < http_request.size()) return;
  known_ = true;
  if (first_.starts_with(http_request)) {
    websocket_.emplace(
        encoding_ == Encoding::json ? WebSocket::Kind::text : WebSocket::Kind::binary,
        message_bytes_max_);
  } else if (encoding_ == Encoding::json) {
    closed_ = "JSON is served over WebSocket only";
    return;
  }
  take(std::exchange(first_, {}), session, now, out);
}

void Transport::take(std::string_view bytes, Session& session, TimePoint now, std::string& out) {
  if (!websocket_) return session.receive(bytes, now);
  websocket_->receive(bytes, out, [&](std::string_view message) {
    take_message(message, session, now);
    // Its answers go before what the WebSocket says to the next frame.
    send(session, out);
  });
}

void Transport::take_message(std::string_view message, Session& session, TimePoint now) const {
  if (session.closing()) return;
  if (encoding_ == Encoding::protobuf) return session.receive(framed(message), now);
  const auto read = ctrader::message_from_json(message);
  if (read) return session.receive(framed(read->SerializeAsString()), now);
  session.refuse_text(read.error());
}

void Transport::send(Session& session, std::string& out) {
  auto& frames = session.output();
  if (!websocket_) {
    if (out.empty()) {
      std::swap(out, frames);
    } else {
      out += std::exchange(frames, {});
    }
    return;
  }
  for (std::string_view rest = frames; !rest.empty();) {
    const auto size = length_of(rest);
    websocket_->append_message(out, outgoing(rest.substr(length_bytes, size)));
    rest.remove_prefix(length_bytes + size);
  }
  frames.clear();
  if (session.closing() && !said_goodbye_ && !closed()) {
    WebSocket::append_close(out, websocket_normal, "Bye");
    said_goodbye_ = true;
  }
}

std::string Transport::outgoing(std::string_view frame) const {
  if (encoding_ == Encoding::protobuf) return std::string(frame);
  ctrader::ProtoMessage message;
  message.ParseFromArray(frame.data(), static_cast<int>(frame.size()));
  auto text = ctrader::json_from_message(message);
  assert(text);  // the session writes nothing else
  return *std::move(text);
}

std::string Transport::bytes_of(const Garbage& garbage) const {
  auto frame = wire_bytes(garbage);
  if (!websocket_) return frame;
  std::string out;
  websocket_->append_message(out, encoding_ == Encoding::json
                                      ? R"({"payloadType":2131,"payload":)"
                                      : std::string_view(frame).substr(length_bytes));
  return out;
}

std::string Transport::bytes_of(const EmptyFrame& empty) const {
  if (!websocket_) return wire_bytes(empty);
  std::string out;
  websocket_->append_message(out, {});
  return out;
}

std::string Transport::bytes_of(const Oversize& oversize) const {
  if (!websocket_) return wire_bytes(oversize);
  std::string out;
  websocket_->append_header(out, length_of(wire_bytes(oversize)));
  return out;
}

}  // namespace depthwire::simulator
