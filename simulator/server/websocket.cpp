#include "simulator/server/websocket.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>

namespace depthwire::simulator {
namespace {

namespace http = boost::beast::http;

enum Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10
};

constexpr std::uint16_t code_normal = 1000;
constexpr std::uint16_t code_protocol = 1002;
constexpr std::uint16_t code_wrong_kind = 1003;
constexpr std::uint16_t code_too_big = 1009;
constexpr std::size_t longest_control = 125;
constexpr std::size_t mask_bytes = 4;
constexpr std::size_t upgrade_bytes_max = std::size_t{16} * 1024;

std::string accept_key(std::string_view key) {
  const auto text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<unsigned char, 29> base64{};
  EVP_EncodeBlock(base64.data(), digest.data(), static_cast<int>(digest.size()));
  return reinterpret_cast<const char*>(base64.data());
}

void append_frame_header(std::string& out, Opcode opcode, std::size_t size) {
  out.push_back(static_cast<char>(0x80U | opcode));
  unsigned bytes = 0;  // of the size that do not fit into the second byte
  if (size > 0xFFFF) {
    out.push_back(127);
    bytes = 8;
  } else if (size > longest_control) {
    out.push_back(126);
    bytes = 2;
  } else {
    out.push_back(static_cast<char>(size));
  }
  for (; bytes > 0; --bytes) out.push_back(static_cast<char>(size >> (8 * (bytes - 1)) & 0xFFU));
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

void WebSocket::append_header(std::string& out, std::size_t size) const {
  append_frame_header(out, kind_ == Kind::text ? text : binary, size);
}

void WebSocket::append_message(std::string& out, std::string_view payload) const {
  append_header(out, payload.size());
  out.append(payload);
}

void WebSocket::append_close(std::string& out, std::uint16_t code, std::string_view reason) {
  reason = reason.substr(0, longest_control - 2);
  append_frame_header(out, close, reason.size() + 2);
  out.push_back(static_cast<char>(code >> 8U));
  out.push_back(static_cast<char>(code & 0xFFU));
  out.append(reason);
}

void WebSocket::refuse(std::string& out, std::uint16_t code, std::string_view reason) {
  append_close(out, code, reason);
  closed_ = reason;
}

void WebSocket::receive(std::string_view bytes, std::string& out,
                        const std::function<void(std::string_view)>& on_message) {
  if (closed_) return;
  input_.append(bytes);
  if (!open_ && !shake_hands(out)) return;
  while (!closed_ && take_frame(out, on_message)) {
  }
}

bool WebSocket::shake_hands(std::string& out) {
  const auto end = input_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (input_.size() > upgrade_bytes_max) closed_ = "no WebSocket handshake";
    return false;
  }
  http::request_parser<http::empty_body> parser;
  boost::system::error_code error;
  parser.put(boost::asio::buffer(input_.data(), end + 4), error);
  const auto& request = parser.get();
  if (error || !parser.is_header_done() || !boost::beast::websocket::is_upgrade(request)) {
    out += "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    closed_ = "no WebSocket handshake";
    return false;
  }
  out +=
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      accept_key(std::string(request[http::field::sec_websocket_key])) + "\r\n\r\n";
  input_.erase(0, end + 4);
  open_ = true;
  return true;
}

std::optional<WebSocket::Header> WebSocket::header(std::string& out) {
  if (input_.size() < 2) return std::nullopt;
  const auto first = static_cast<std::uint8_t>(input_[0]);
  const auto second = static_cast<std::uint8_t>(input_[1]);
  Header header{.opcode = static_cast<std::uint8_t>(first & 0xFU), .final = (first & 0x80U) != 0};
  const unsigned length = second & 0x7FU;
  const std::size_t more = length == 126 ? 2 : length == 127 ? 8 : 0;
  if (input_.size() < 2 + more) return std::nullopt;
  const auto size = more == 0 ? length : big_endian(std::string_view(input_).substr(2, more));
  const bool control = header.opcode >= close;
  if ((first & 0x70U) != 0 || (second & 0x80U) == 0 ||
      (control && (!header.final || size > longest_control))) {
    refuse(out, code_protocol, "a frame against the protocol");
    return std::nullopt;
  }
  if (size > message_bytes_max_ || message_.size() + size > message_bytes_max_) {
    refuse(out, code_too_big, "a message above the size limit");
    return std::nullopt;
  }
  header.size = size;
  header.bytes = 2 + more + mask_bytes;
  return header;
}

// Takes the first frame of the input; false when it is not whole, or ended the connection.
bool WebSocket::take_frame(std::string& out,
                           const std::function<void(std::string_view)>& on_message) {
  const auto head = header(out);
  if (!head || input_.size() < head->bytes + head->size) return false;
  auto payload = input_.substr(head->bytes, head->size);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(payload[i] ^ input_[head->bytes - mask_bytes + i % mask_bytes]);
  }
  input_.erase(0, head->bytes + head->size);
  if (head->opcode >= close) {
    take_control(*head, std::move(payload), out);
    return !closed_;
  }
  const auto begins = head->opcode != continuation;
  if (begins == fragmented_) {
    refuse(out, code_protocol, "a fragment out of order");
    return false;
  }
  if (begins && head->opcode != (kind_ == Kind::text ? text : binary)) {
    refuse(out, code_wrong_kind,
           kind_ == Kind::text ? "only text messages" : "only binary messages");
    return false;
  }
  message_ += payload;
  fragmented_ = !head->final;
  if (fragmented_) return true;
  on_message(message_);
  message_.clear();
  return true;
}

void WebSocket::take_control(const Header& header, std::string payload, std::string& out) {
  if (header.opcode == ping) {
    append_frame_header(out, pong, payload.size());
    out += payload;
  } else if (header.opcode == close) {
    append_close(out, code_normal, {});
    closed_ = "the client closed the WebSocket";
  } else if (header.opcode != pong) {
    refuse(out, code_protocol, "an unknown frame");
  }
}

}  // namespace depthwire::simulator
