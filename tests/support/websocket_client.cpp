#include "tests/support/websocket_client.hpp"

#include <unistd.h>

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>

namespace depthwire::tests {
namespace {

constexpr std::array<char, 4> mask = {0x12, 0x34, 0x56, 0x78};

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

template <class Value>
void set_option(int descriptor, int level, int name, const Value& value) {
  if (setsockopt(descriptor, level, name, &value, sizeof value) != 0) fail("setsockopt");
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

}  // namespace

int WebSocketClient::Frame::close_code() const {
  return payload.size() < 2 ? 0 : static_cast<int>(big_endian(payload.substr(0, 2)));
}

WebSocketClient::WebSocketClient(std::uint16_t port, Options options)
    : options_(std::move(options)) {
  descriptor_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) fail("socket");
  if (options_.receive_buffer != 0) {
    set_option(descriptor_, SOL_SOCKET, SO_RCVBUF, options_.receive_buffer);
  }
  set_option(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
  timeval timeout{};
  timeout.tv_sec = options_.timeout.count() / 1000;
  timeout.tv_usec = options_.timeout.count() % 1000 * 1000;
  set_option(descriptor_, SOL_SOCKET, SO_RCVTIMEO, timeout);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const int error = errno;
    close(descriptor_);
    errno = error;
    fail("connect");
  }
  if (options_.host.empty()) options_.host = "127.0.0.1:" + std::to_string(port);
}

WebSocketClient::~WebSocketClient() { close(descriptor_); }

int WebSocketClient::upgrade() {
  std::string request =
      "GET /ws HTTP/1.1\r\nHost: " + options_.host +
      "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ZGVwdGh3aXJlIHRlc3Rpbmc=\r\n";
  if (!options_.origin.empty()) request += "Origin: " + options_.origin + "\r\n";
  send_raw(request + "\r\n");
  const auto head = read_head();
  return head.size() < 12 ? 0 : std::atoi(head.c_str() + 9);
}

std::string WebSocketClient::get(std::string_view path) {
  std::string request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: " + options_.host + "\r\n";
  if (!options_.origin.empty()) request += "Origin: " + options_.origin + "\r\n";
  send_raw(request + "Connection: close\r\n\r\n");
  while (fill()) {
  }
  return buffer_.substr(at_);
}

void WebSocketClient::send_raw(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) fail("send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void WebSocketClient::send_frame(std::uint8_t opcode, std::string_view payload) {
  std::string frame{static_cast<char>(0x80U | opcode)};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80U | payload.size());
  } else {
    frame += static_cast<char>(0xFF);
    for (int shift = 56; shift >= 0; shift -= 8) {
      frame += static_cast<char>((payload.size() >> static_cast<unsigned>(shift)) & 0xFFU);
    }
  }
  frame.append(mask.data(), mask.size());
  for (std::size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ mask.at(i % 4));
  }
  send_raw(frame);
}

std::optional<WebSocketClient::Frame> WebSocketClient::read_frame() {
  if (!need(2)) return std::nullopt;
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(buffer_[at_ + i]); };
  const std::size_t length_bytes = byte(1) < 126 ? 0 : byte(1) == 126 ? 2 : 8;
  if (!need(2 + length_bytes)) return std::nullopt;
  const std::size_t length =
      length_bytes == 0 ? byte(1)
                        : big_endian(std::string_view(buffer_).substr(at_ + 2, length_bytes));
  if (!need(2 + length_bytes + length)) return std::nullopt;
  Frame frame;
  frame.opcode = byte(0) & 0x0FU;
  frame.payload = buffer_.substr(at_ + 2 + length_bytes, length);
  at_ += 2 + length_bytes + length;
  return frame;
}

std::optional<std::string> WebSocketClient::read_text() {
  for (;;) {
    auto frame = read_frame();
    if (!frame || frame->opcode == 8) return std::nullopt;
    if (frame->opcode == 9) send_frame(10, frame->payload);
    if (frame->opcode == 1) return std::move(frame->payload);
  }
}

bool WebSocketClient::read_byte() {
  char byte = 0;
  if (recv(descriptor_, &byte, 1, 0) != 1) return false;
  buffer_ += byte;
  return true;
}

bool WebSocketClient::fill() {
  if (at_ > (1U << 20U)) {
    buffer_.erase(0, at_);
    at_ = 0;
  }
  std::array<char, 65536> bytes;
  const auto received = recv(descriptor_, bytes.data(), bytes.size(), 0);
  if (received <= 0) return false;
  buffer_.append(bytes.data(), static_cast<std::size_t>(received));
  return true;
}

bool WebSocketClient::need(std::size_t bytes) {
  while (buffer_.size() - at_ < bytes) {
    if (!fill()) return false;
  }
  return true;
}

std::string WebSocketClient::read_head() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n", at_)) == std::string::npos) {
    if (!fill()) return {};
  }
  auto head = buffer_.substr(at_, end - at_);
  at_ = end + 4;
  return head;
}

}  // namespace depthwire::tests
