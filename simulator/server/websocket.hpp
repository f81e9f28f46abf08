#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::simulator {

/// The server's end of a WebSocket without its socket: bytes in, messages and bytes out. By hand
/// and not by Beast, so that every byte that goes out passes the faults of the wire. Source: RFC
/// 6455.
class WebSocket {
 public:
  enum class Kind : std::uint8_t { text, binary };

  /// Takes and sends messages of one kind, of up to `message_bytes_max`.
  WebSocket(Kind kind, std::size_t message_bytes_max)
      : kind_(kind), message_bytes_max_(message_bytes_max) {}

  /// Takes bytes from the first of the handshake on. Calls `on_message` for every whole message,
  /// and appends what has to be answered to `out`. Does nothing once closed() says something.
  void receive(std::string_view bytes, std::string& out,
               const std::function<void(std::string_view)>& on_message);
  /// Why nothing more is taken; what is in `out` goes out first. Nothing while it is open.
  [[nodiscard]] const std::optional<std::string>& closed() const { return closed_; }

  void append_message(std::string& out, std::string_view payload) const;
  /// Only once: after it nothing may follow.
  static void append_close(std::string& out, std::uint16_t code, std::string_view reason);
  /// The beginning of a message of `size` bytes.
  void append_header(std::string& out, std::size_t size) const;

 private:
  struct Header {
    std::uint8_t opcode = 0;
    bool final = false;
    std::size_t size = 0;   // of the payload
    std::size_t bytes = 0;  // of the header with its mask
  };

  bool shake_hands(std::string& out);
  std::optional<Header> header(std::string& out);
  bool take_frame(std::string& out, const std::function<void(std::string_view)>& on_message);
  void take_control(const Header& header, std::string payload, std::string& out);
  void refuse(std::string& out, std::uint16_t code, std::string_view reason);

  Kind kind_;
  std::size_t message_bytes_max_;
  bool open_ = false;  // the handshake is done
  std::string input_;
  std::string message_;  // its fragments so far
  bool fragmented_ = false;
  std::optional<std::string> closed_;
};

}  // namespace depthwire::simulator
