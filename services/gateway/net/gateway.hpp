#pragma once

#include "common/bus/subscriber.hpp"
#include "services/gateway/net/feed.hpp"
#include "services/gateway/net/server.hpp"

#include <boost/asio/io_context.hpp>
#include <zmq.hpp>

#include <memory>
#include <string>
#include <vector>

namespace depthwire::gateway {

/// The whole gateway but for its configuration: follows publishers, serves browsers.
class Gateway {
 public:
  /// Throws service::ExitError as Server does.
  Gateway(zmq::context_t& context, std::string environment, ServerSettings settings,
          std::vector<bus::SubscriberOptions> sources);

  /// Serves until stop(); throws what breaks.
  void run();
  /// Ends run() after clients have been told. Any thread; also before run().
  void stop();

  [[nodiscard]] std::string url() const { return server_.url(); }

  // For ServerSettings::on_check, on the loop's thread:
  [[nodiscard]] Hub& hub() { return hub_; }
  [[nodiscard]] const std::vector<std::unique_ptr<Feed>>& feeds() const { return feeds_; }

 private:
  boost::asio::io_context loop_{1};
  Board board_;
  Hub hub_;
  Server server_;
  std::vector<std::unique_ptr<Feed>> feeds_;
};

}  // namespace depthwire::gateway
