#pragma once

#include "services/gateway/net/hub.hpp"
#include "services/gateway/net/settings.hpp"
#include "services/gateway/page/assets.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace depthwire::gateway {

/// Serves the page, /api and WebSockets at /ws, all on the thread that runs `loop`.
class Server {
 public:
  /// Binds and listens. Throws service::ExitError: 69 when the port is in use, 78 when the address
  /// is not one of this host, or not loopback without `allow_remote`, or an origin is malformed.
  Server(boost::asio::io_context& loop, Hub& hub, ServerSettings settings,
         std::span<const Asset> assets);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The port as bound.
  [[nodiscard]] std::uint16_t port() const;
  /// http://address:port, as to be typed into a browser.
  [[nodiscard]] std::string url() const;

  /// Accepts no more and asks clients to come again later (1001).
  void stop();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace depthwire::gateway
