#pragma once

#include "simulator/faults/fault.hpp"
#include "simulator/server/session.hpp"
#include "simulator/server/websocket.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace depthwire::simulator {

/// What a port speaks. Either is served over WebSocket, protobuf over plain TCP too: the client's
/// first bytes tell. Source: PROTOCOL.md 1.
enum class Encoding : std::uint8_t { protobuf, json };

/// What is between one client's bytes and its session, which knows frames only. No socket.
class Transport {
 public:
  Transport(Encoding encoding, std::size_t message_bytes_max)
      : encoding_(encoding), message_bytes_max_(message_bytes_max) {}

  /// Gives `session` the messages in `bytes`; what the WebSocket itself answers is appended to
  /// `out`.
  void receive(std::string_view bytes, Session& session, TimePoint now, std::string& out);
  /// Moves what `session` has said to the end of `out`; its last words are followed by a goodbye.
  void send(Session& session, std::string& out);

  /// Why nothing more is taken, beside what the session says; nothing while something is.
  [[nodiscard]] const std::optional<std::string>& closed() const;

  // What goes between two messages, as it is here.
  [[nodiscard]] std::string bytes_of(const Garbage& garbage) const;
  [[nodiscard]] std::string bytes_of(const EmptyFrame& empty) const;
  [[nodiscard]] std::string bytes_of(const Oversize& oversize) const;

 private:
  void take(std::string_view bytes, Session& session, TimePoint now, std::string& out);
  void take_message(std::string_view message, Session& session, TimePoint now) const;
  [[nodiscard]] std::string outgoing(std::string_view frame) const;

  Encoding encoding_;
  std::size_t message_bytes_max_;
  bool known_ = false;  // whether it is a WebSocket
  std::string first_;   // bytes until it is known
  std::optional<WebSocket> websocket_;
  std::optional<std::string> closed_;
  bool said_goodbye_ = false;
};

}  // namespace depthwire::simulator
