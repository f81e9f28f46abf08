#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::tests {

/// A plain TCP client of the gateway for tests and benches: blocking, with a deadline on every
/// read, and able to misbehave. Throws std::runtime_error when the connection cannot be made.
class WebSocketClient {
 public:
  struct Options {
    std::string origin;      ///< empty: none is sent, as programs do
    std::string host;        ///< empty: 127.0.0.1:port
    int receive_buffer = 0;  ///< bytes; 0: the system's choice
    std::chrono::milliseconds timeout{10'000};
  };
  struct Frame {
    std::uint8_t opcode = 0;  ///< 1 text, 8 close, 9 ping, 10 pong
    std::string payload;

    /// Of a close frame; 0 when it has none.
    [[nodiscard]] int close_code() const;
  };

  WebSocketClient(std::uint16_t port, Options options);
  explicit WebSocketClient(std::uint16_t port) : WebSocketClient(port, Options{}) {}
  ~WebSocketClient();
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;

  /// Asks for the upgrade to a WebSocket; gives the HTTP status, 101 when it is one now.
  int upgrade();
  /// One HTTP request; gives the whole response, head and body. The connection is then over.
  [[nodiscard]] std::string get(std::string_view path);

  void send_raw(std::string_view bytes);
  void send_frame(std::uint8_t opcode, std::string_view payload);
  void send_text(std::string_view payload) { send_frame(1, payload); }

  /// The next frame; nothing when the connection ended or nothing came in time.
  [[nodiscard]] std::optional<Frame> read_frame();
  /// The next text; answers pings on the way.
  [[nodiscard]] std::optional<std::string> read_text();
  /// Takes exactly one byte, as slow readers do.
  bool read_byte();

  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  bool fill();
  [[nodiscard]] bool need(std::size_t bytes);
  std::string read_head();

  Options options_;
  int descriptor_ = -1;
  std::string buffer_;
  std::size_t at_ = 0;
};

}  // namespace depthwire::tests
