#pragma once

#include "common/bus/curve.hpp"

#include <zmq.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace depthwire::bus {

/// How the connections of a socket begin. ZeroMQ tells neither side of a handshake that fails: who
/// has the wrong key, or none, hears nothing, for ever. One thread, that of the socket.
class HandshakeWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  HandshakeWatch() = default;
  ~HandshakeWatch() { stop(); }
  HandshakeWatch(const HandshakeWatch&) = delete;
  HandshakeWatch& operator=(const HandshakeWatch&) = delete;

  /// From now on it watches `socket`, until stop(). `curve`: ours.
  void watch(zmq::context_t& context, zmq::socket_t& socket, const Curve& curve);

  /// To be called before the socket is closed: a declaration after that of the socket does.
  void stop();

  /// Takes what has happened since the last call.
  void look(Time now);

  /// Handshakes so far that failed for a key or a protocol, not for being broken off.
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  /// Why the newest handshake failed, in words for the side that connects; empty once one succeeds,
  /// and when none has failed for some seconds.
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  void take(std::uint16_t event, std::uint32_t value, Time now);

  void* watched_ = nullptr;
  zmq::socket_t events_;
  bool has_keys_ = false;
  std::uint64_t refused_ = 0;
  std::string problem_;
  Time failed_at_;
};

}  // namespace depthwire::bus
