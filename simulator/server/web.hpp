#pragma once

#include "simulator/server/oauth.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
namespace ssl {
class context;
}
}  // namespace boost::asio

namespace depthwire::simulator {

/// OAuth over HTTPS: one request per connection.
class Web {
 public:
  /// Listens at host:port; 0: any free one. Throws std::system_error.
  Web(boost::asio::io_context& io, boost::asio::ssl::context& tls, const std::string& host,
      std::uint16_t port, OAuth oauth);
  ~Web();
  Web(const Web&) = delete;
  Web& operator=(const Web&) = delete;

  [[nodiscard]] std::uint16_t port() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace depthwire::simulator
