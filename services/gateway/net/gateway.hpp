#pragma once

#include "common/bus/subscriber.hpp"
#include "services/gateway/net/feed.hpp"
#include "services/gateway/net/server.hpp"

#include <boost/asio/io_context.hpp>
#include <zmq.hpp>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace depthwire::gateway {

/// A publisher to follow, or one that is switched off and only shown as such.
struct Source {
  bus::SubscriberOptions subscribe;
  bool enabled = true;
};

/// The whole gateway but for its configuration: follows publishers, serves browsers.
class Gateway {
 public:
  /// Throws service::ExitError as Server does.
  Gateway(zmq::context_t& context, std::string environment, ServerSettings settings,
          std::vector<Source> sources);

  /// Serves until stop(); throws what breaks.
  void run();
  /// Ends run() after clients have been told. Any thread; also before run().
  void stop();

  [[nodiscard]] std::string url() const { return server_.url(); }
  /// Any thread.
  [[nodiscard]] const HubCounters& counters() const { return hub_.counters(); }
  [[nodiscard]] const std::vector<std::unique_ptr<Feed>>& feeds() const { return feeds_; }
  /// When the loop last moved, by the steady clock. Any thread.
  [[nodiscard]] std::chrono::steady_clock::time_point last_moved() const {
    return hub_.last_check();
  }

 private:
  boost::asio::io_context loop_{1};
  Board board_;
  Hub hub_;
  Server server_;
  std::vector<std::unique_ptr<Feed>> feeds_;
};

}  // namespace depthwire::gateway
