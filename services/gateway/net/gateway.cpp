#include "services/gateway/net/gateway.hpp"

#include <boost/asio/post.hpp>

#include <chrono>
#include <utility>

namespace depthwire::gateway {
namespace {

/// For close frames to leave and clients to answer them.
constexpr std::chrono::seconds last_call{1};

}  // namespace

Gateway::Gateway(zmq::context_t& context, std::string environment, ServerSettings settings,
                 std::vector<bus::SubscriberOptions> sources)
    : board_(std::move(environment)),
      hub_(board_),
      server_(loop_, hub_, std::move(settings), page_assets()) {
  for (auto& source : sources) {
    feeds_.push_back(std::make_unique<Feed>(context, std::move(source), loop_, hub_));
  }
}

void Gateway::run() {
  loop_.run();
  loop_.restart();
  const auto deadline = std::chrono::steady_clock::now() + last_call;
  while (hub_.clients() != 0 && loop_.run_one_until(deadline) != 0) {
  }
}

void Gateway::stop() {
  boost::asio::post(loop_, [this] {
    server_.stop();
    loop_.stop();
  });
}

}  // namespace depthwire::gateway
