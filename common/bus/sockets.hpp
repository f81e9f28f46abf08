#pragma once

#include <zmq.hpp>

#include <string>

namespace depthwire::bus {

/// The options every socket of the bus has: message limit, handshake limit, no linger; ZMTP
/// heartbeats where requests go.
void set_common_options(zmq::socket_t& socket);

/// Binds, or throws service::ExitError that names the address: 69 when it is in use, else 78.
/// Returns the address as bound.
std::string bind_or_exit(zmq::socket_t& socket, const std::string& address);

}  // namespace depthwire::bus
