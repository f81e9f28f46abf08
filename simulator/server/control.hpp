#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace depthwire::simulator {

/// Takes commands, a line each and one at a time, on a Unix socket: it needs no port that one would
/// have to choose and to find, and its file mode (0600) says who may command. Lives on the
/// io_context's one thread; outlives what waits there.
class Control {
 public:
  using Answer = std::function<std::string(std::string_view line)>;

  /// Throws std::exception when `path` is too long for a socket, cannot be had, or another server
  /// answers there. What one that was killed has left is removed.
  Control(boost::asio::io_context& io, std::filesystem::path path, Answer answer);
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;
  ~Control();

  void close();

 private:
  void accept();
  void serve();
  void answer(std::size_t size);

  using Protocol = boost::asio::local::stream_protocol;
  std::filesystem::path path_;
  Answer answer_;
  Protocol::acceptor acceptor_;
  Protocol::socket peer_;
  std::string line_;
  std::string reply_;
  bool open_ = false;
};

/// Sends `line` to the server that takes commands at `path` and gives its answer. Throws
/// std::system_error when none answers.
[[nodiscard]] std::string send_command(const std::filesystem::path& path, std::string_view line);

}  // namespace depthwire::simulator
