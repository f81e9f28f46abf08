#include "common/bus/handshake_watch.hpp"

#include <atomic>
#include <cstring>
#include <utility>

namespace depthwire::bus {
namespace {

constexpr int watched_events =
    ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
    ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
/// Longer than between two attempts: a peer that is gone by now refuses nobody.
constexpr std::chrono::seconds remembered{5};

const char* why(std::uint16_t event, std::uint32_t value, bool has_keys) {
  if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
    return "it refuses our key: our .public file is not in its bus.keys";
  }
  if (value == ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH) {
    return has_keys ? "it speaks in clear and we have keys: set bus.keys there, or not here"
                    : "it wants a key and we have none: set bus.keys";
  }
  return has_keys ? "its key is another than the .public file of it in our bus.keys, or it is no "
                    "publisher"
                  : "what answers at its address is no publisher";
}

}  // namespace

void HandshakeWatch::watch(zmq::context_t& context, zmq::socket_t& socket, const Curve& curve) {
  static std::atomic<std::uint64_t> watched = 0;
  const std::string address = "inproc://handshakes-" + std::to_string(++watched);
  has_keys_ = curve.enabled();
  if (zmq_socket_monitor(socket.handle(), address.c_str(), watched_events) != 0) {
    throw zmq::error_t();
  }
  watched_ = socket.handle();
  events_ = zmq::socket_t(context, zmq::socket_type::pair);
  // No bound: a full one would block ZeroMQ's own thread, and so every socket of the process.
  events_.set(zmq::sockopt::rcvhwm, 0);
  events_.set(zmq::sockopt::linger, 0);
  events_.connect(address);
}

// A closed socket lives on in ZeroMQ's own thread for a moment. An event of that moment which
// nobody takes would block that thread for ever, and with it every socket of the process.
void HandshakeWatch::stop() {
  if (watched_ == nullptr) return;
  zmq_socket_monitor(std::exchange(watched_, nullptr), nullptr, 0);
  events_.close();
}

void HandshakeWatch::look(Time now) {
  if (watched_ == nullptr) return;
  zmq::message_t message;
  while (events_.recv(message, zmq::recv_flags::dontwait)) {
    // 16 bits of event and 32 of value, then the address, which does not matter.
    std::uint16_t event = 0;
    std::uint32_t value = 0;
    if (message.size() == sizeof(event) + sizeof(value)) {
      std::memcpy(&event, message.data(), sizeof(event));
      std::memcpy(&value, static_cast<const char*>(message.data()) + sizeof(event), sizeof(value));
      take(event, value, now);
    }
    while (message.more() && events_.recv(message, zmq::recv_flags::dontwait)) {
    }
  }
  if (now - failed_at_ > remembered) problem_.clear();
}

void HandshakeWatch::take(std::uint16_t event, std::uint32_t value, Time now) {
  if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
    problem_.clear();
    return;
  }
  if (event != ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL) ++refused_;
  failed_at_ = now;
  problem_ = why(event, value, has_keys_);
}

}  // namespace depthwire::bus
