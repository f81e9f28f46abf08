#include "common/bus/sockets.hpp"

#include "common/journal/format.hpp"
#include "common/service/exit_error.hpp"

#include <cerrno>

namespace depthwire::bus {

void set_common_options(zmq::socket_t& socket) {
  // A FETCH reply holds a page of entries, so one message may be a page and one record long.
  constexpr auto limit = static_cast<std::int64_t>(2 * journal::max_payload_bytes + 4096);
  socket.set(zmq::sockopt::maxmsgsize, limit);
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::handshake_ivl, 5'000);
  // Not on PUB and SUB: a reader whose queue is full answers no ping, and would be cut off for
  // being slow. There the publisher's own heartbeats tell who is gone.
  const auto type = socket.get(zmq::sockopt::socket_type);
  if (type == zmq::socket_type::pub || type == zmq::socket_type::sub) return;
  socket.set(zmq::sockopt::heartbeat_ivl, 1'000);
  socket.set(zmq::sockopt::heartbeat_timeout, 3'000);
}

std::string bind_or_exit(zmq::socket_t& socket, const std::string& address) {
  try {
    socket.bind(address);
  } catch (const zmq::error_t& error) {
    const std::string text = "cannot bind " + address + ": " + error.what();
    if (error.num() == EADDRINUSE) {
      throw service::ExitError(
          service::exit_code::port_in_use,
          text + ". Is another instance running? Choose another port, or stop it.");
    }
    throw service::ExitError(service::exit_code::config,
                             text + "; expected an address of this host, as tcp://127.0.0.1:5560.");
  }
  return socket.get(zmq::sockopt::last_endpoint);
}

}  // namespace depthwire::bus
