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
                 std::vector<Source> sources)
    : board_(std::move(environment)),
      hub_(board_),
      server_(loop_, hub_, std::move(settings), page_assets()) {
  for (auto& source : sources) {
    if (source.enabled) {
      feeds_.push_back(std::make_unique<Feed>(context, std::move(source.subscribe), loop_, hub_));
    } else {
      board_.add_source(source.subscribe.source, SourceState::disabled);
    }
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
