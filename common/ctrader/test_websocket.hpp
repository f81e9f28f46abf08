#pragma once

#include "common/ctrader/test_server.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace depthwire::ctrader::testing {

/// The server's end of one WebSocket. Blocking, on the server's thread; all give false or nothing
/// once the client has gone.
class WebSocketPeer {
 public:
  virtual ~WebSocketPeer() = default;
  /// The next message of the client, whose pings and close are answered meanwhile.
  virtual std::optional<std::string> read() = 0;
  virtual bool write_binary(const std::string& message) = 0;
  virtual bool write_text(const std::string& message) = 0;
  /// The same, but in two fragments.
  virtual bool write_fragments(const std::string& message) = 0;
  /// Bytes below the WebSocket, each in a TLS record of its own, or all in as few as possible.
  virtual bool write_raw(const std::string& bytes) = 0;
  virtual bool write_raw_at_once(const std::string& bytes) = 0;
  virtual bool ping() = 0;
  /// What the client sent last was in a text message.
  [[nodiscard]] virtual bool got_text() const = 0;
  virtual void close(std::uint16_t code, const std::string& reason) = 0;
};

/// A WebSocket server over TLS on a free port of loopback: runs `script` for each connection, one
/// after another, then drops it.
class WebSocketServer {
 public:
  WebSocketServer(const Certificates& certificates, std::function<void(WebSocketPeer&)> script);
  ~WebSocketServer();
  WebSocketServer(const WebSocketServer&) = delete;
  WebSocketServer& operator=(const WebSocketServer&) = delete;

  [[nodiscard]] std::uint16_t port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::ctrader::testing
