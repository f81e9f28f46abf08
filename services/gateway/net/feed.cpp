#include "services/gateway/net/feed.hpp"

#include <boost/asio/post.hpp>

#include <exception>
#include <memory>
#include <utility>
#include <variant>

namespace depthwire::gateway {
namespace {

constexpr std::chrono::milliseconds wait_for_records{300};  // a heartbeat comes before that

}  // namespace

Feed::Feed(zmq::context_t& context, bus::SubscriberOptions options, boost::asio::io_context& loop,
           Hub& hub)
    : source_(options.source), subscriber_(context, std::move(options)), loop_(loop), hub_(hub) {
  hub_.board().add_source(source_);
  thread_ = std::thread([this] { run(); });
}

Feed::~Feed() {
  stopping_ = true;
  thread_.join();
}

void Feed::run() {
  try {
    while (!stopping_) {
      auto batch = subscriber_.receive(wait_for_records);
      const auto state_before = state_.load();
      const auto lag_before = lag_.load();
      observe(batch);
      const bool told = lost_ || state_ != state_before || lag_ != lag_before;
      if (batch.records.empty() && !told) continue;
      if (!take_credit()) return;
      hand_over(std::move(batch));
    }
  } catch (...) {
    // A broken resource ends the process, from the thread that owns it.
    boost::asio::post(loop_, [error = std::current_exception()] { std::rethrow_exception(error); });
  }
}

void Feed::observe(const bus::Batch& batch) {
  lost_ = false;
  for (const auto& notice : batch.notices) {
    if (std::holds_alternative<bus::Stale>(notice)) stale_ = true;
    if (std::holds_alternative<bus::Fresh>(notice)) stale_ = false;
    if (std::holds_alternative<bus::Lost>(notice)) lost_ = true;
    if (const auto* halted = std::get_if<bus::Halted>(&notice)) halted_ = halted->reason;
    if (std::holds_alternative<bus::Resumed>(notice)) halted_.clear();
  }
  state_ = !halted_.empty()     ? SourceState::halted
           : stale_             ? SourceState::stale
           : subscriber_.live() ? SourceState::live
                                : SourceState::catching_up;
  const auto head = subscriber_.head().offset;
  const auto last = subscriber_.last().offset;
  lag_ = state_ == SourceState::live || head < last ? 0 : head - last;
  records_ += batch.records.size();
  gaps_ = subscriber_.gaps();
  const std::lock_guard lock(mutex_);
  problem_ = subscriber_.problem();
}

std::string Feed::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

bool Feed::take_credit() {
  while (!credit_.try_acquire_for(wait_for_records)) {
    if (stopping_) return false;
  }
  return true;
}

void Feed::hand_over(bus::Batch batch) {
  boost::asio::post(loop_, [this, batch = std::make_shared<const bus::Batch>(std::move(batch)),
                            state = state_.load(), lag = lag_.load(), halted = halted_] {
    std::vector<FramePtr> frames;
    for (const auto& notice : batch->notices) {
      if (const auto* lost = std::get_if<bus::Lost>(&notice)) {
        hub_.board().lost(source_, *lost, frames);
      }
    }
    for (const auto& record : batch->records) hub_.board().apply(source_, record, frames);
    hub_.board().set_status(source_, state, lag, halted, frames);
    hub_.publish(frames);
    hub_.flush();
    credit_.release();
  });
}

}  // namespace depthwire::gateway
