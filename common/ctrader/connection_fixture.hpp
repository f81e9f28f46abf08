#pragma once

#include "common/ctrader/connection.hpp"
#include "common/ctrader/frame.hpp"
#include "common/ctrader/test_server.hpp"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::ctrader {

inline std::string framed(std::string_view message) {
  std::string bytes;
  append_frame(bytes, message);
  return bytes;
}

/// Notes what a connection tells.
class Recorder final : public ConnectionHandler {
 public:
  void on_open() override { opened = true; }
  void on_frames(std::span<const std::string_view> group) override {
    ++groups;
    for (const auto frame : group) frames.emplace_back(frame);
  }
  void on_closed(const ConnectionFailure& failure) override { closed = failure; }

  bool opened = false;
  int groups = 0;
  std::vector<std::string> frames;
  std::optional<ConnectionFailure> closed;
};

class ConnectionFixture : public ::testing::Test {
 protected:
  Connection connect(ConnectionOptions options) {
    if (options.host.empty()) options.host = "localhost";
    options.timeout = std::chrono::seconds(5);
    return {io_, options, recorder_};
  }
  Connection connect(std::uint16_t port, const std::filesystem::path& ca_file,
                     const std::string& host = "localhost") {
    return connect({.host = host, .port = port, .ca_file = ca_file});
  }
  /// Runs the connection until `condition` holds; false after ten seconds.
  template <class Condition>
  bool run_until(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      io_.restart();
      io_.run_one_for(std::chrono::milliseconds(100));
    }
    return condition();
  }

  boost::asio::io_context io_;
  Recorder recorder_;
  testing::Certificates certificates_;
};

}  // namespace depthwire::ctrader
