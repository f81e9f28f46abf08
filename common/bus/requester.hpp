#pragma once

#include "common/bus/curve.hpp"
#include "common/bus/handshake_watch.hpp"
#include "proto/bus/request.pb.h"

#include <tl/expected.hpp>
#include <zmq.hpp>

#include <chrono>
#include <string>

namespace depthwire::bus {

/// Asks one publisher's ROUTER; one request at a time. Not thread-safe.
class Requester {
 public:
  Requester(zmq::context_t& context, const std::string& requests_address, const Curve& curve = {},
            const std::string& server_public_key = {});

  /// The reply, or why there was none (in words: no answer in `timeout`, ...). `request.id` is set
  /// here.
  [[nodiscard]] tl::expected<Reply, std::string> ask(Request request,
                                                     std::chrono::milliseconds timeout);

 private:
  zmq::socket_t socket_;
  HandshakeWatch handshakes_;
  std::uint64_t next_id_ = 1;
};

}  // namespace depthwire::bus
