#pragma once

#include "common/bus/curve.hpp"
#include "common/bus/publisher.hpp"
#include "common/journal/writer.hpp"

#include <zmq.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace depthwire::bus {

/// Answers FETCH, LATEST, ACK and COMMAND on a ROUTER, on a thread and file descriptors of its own,
/// so that the writer never waits for a reader.
class RequestServer {
 public:
  /// `writer` outlives the server; only its thread-safe part is used.
  RequestServer(zmq::context_t& context, const PublisherOptions& options,
                const journal::Writer& writer);
  ~RequestServer();
  RequestServer(const RequestServer&) = delete;
  RequestServer& operator=(const RequestServer&) = delete;

  [[nodiscard]] std::string address() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace depthwire::bus
