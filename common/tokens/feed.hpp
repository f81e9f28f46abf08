#pragma once

#include "common/tokens/feed_line.hpp"

#include <filesystem>
#include <functional>
#include <memory>

namespace boost::asio {
class io_context;
}

namespace depthwire::tokens {

/// Hears from the process `tokens` over its Unix socket; looks for it again every second while it
/// is not there. Used on the thread of its io_context.
class Feed {
 public:
  /// Called with each line that differs from the one before.
  using Handler = std::function<void(const FeedLine&)>;

  Feed(boost::asio::io_context& io, std::filesystem::path socket, Handler handler);
  /// The handler hears nothing more.
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace depthwire::tokens
