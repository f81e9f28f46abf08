#pragma once

#include "common/tokens/feed_line.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace depthwire::tokens {

/// Tells everybody of the same user, over a Unix socket, the newest line: at first and at each
/// change. Nobody is waited for: who does not read is left.
class FeedServer {
 public:
  /// Throws std::system_error when the socket cannot be made, or another process serves it.
  FeedServer(boost::asio::io_context& io, const std::filesystem::path& socket);
  ~FeedServer();
  FeedServer(const FeedServer&) = delete;
  FeedServer& operator=(const FeedServer&) = delete;

  void tell(const FeedLine& line);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace depthwire::tokens
