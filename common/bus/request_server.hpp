#pragma once

#include "common/bus/curve.hpp"
#include "common/bus/publisher.hpp"
#include "common/journal/writer.hpp"

#include <zmq.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace depthwire::bus {

/// What an operator asked to be recorded, and how to answer once it is.
struct Decision {
  std::string reason;
  AnswerCommand answer;
};

/// Answers FETCH, LATEST, ACK and COMMAND on a ROUTER, on a thread and file descriptors of its own,
/// so that the writer never waits for a reader. What FETCH and LATEST read is limited to
/// PublisherOptions::fetch_bytes_per_second; commands do not wait behind them.
class RequestServer {
 public:
  /// `journal` and `keeper` (nullptr: nobody cares for ACKs) outlive the server.
  RequestServer(zmq::context_t& context, const PublisherOptions& options,
                const journal::Catalogue& journal, journal::Keeper* keeper);
  ~RequestServer();
  RequestServer(const RequestServer&) = delete;
  RequestServer& operator=(const RequestServer&) = delete;

  [[nodiscard]] std::string address() const;

  /// What `accept` commands have asked for since the last call. The publisher's thread. Throws
  /// service::ExitError 70 when requests cannot be answered any more.
  [[nodiscard]] std::vector<Decision> take_decisions();
  /// Any thread.
  [[nodiscard]] RequestCounts counts() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace depthwire::bus
