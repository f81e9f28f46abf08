#pragma once

#include "common/bus/subscriber.hpp"
#include "services/gateway/net/hub.hpp"

#include <boost/asio/io_context.hpp>
#include <zmq.hpp>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <semaphore>
#include <string>
#include <thread>

namespace depthwire::gateway {

/// Follows one publisher on a thread of its own and hands what comes to the loop, batch by batch:
/// no timer stands between a record and the browsers.
class Feed {
 public:
  Feed(zmq::context_t& context, bus::SubscriberOptions options, boost::asio::io_context& loop,
       Hub& hub);
  /// The loop may have ended, but must still exist.
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  [[nodiscard]] const std::string& source() const { return source_; }
  /// Any thread.
  [[nodiscard]] SourceState state() const { return state_; }
  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] std::uint64_t gaps() const { return gaps_; }
  [[nodiscard]] std::uint64_t lag() const { return lag_; }
  /// Why the publisher does not let us in; empty while nothing is wrong with that.
  [[nodiscard]] std::string problem() const;

 private:
  void run();
  void hand_over(bus::Batch batch);
  [[nodiscard]] bool take_credit();
  void observe(const bus::Batch& batch);

  std::string source_;
  bus::Subscriber subscriber_;
  boost::asio::io_context& loop_;
  Hub& hub_;
  std::counting_semaphore<64> credit_{64};  ///< batches that the loop has not taken yet
  std::atomic<bool> stopping_ = false;
  std::atomic<SourceState> state_ = SourceState::catching_up;
  std::atomic<std::uint64_t> lag_ = 0;
  std::atomic<std::uint64_t> records_ = 0;
  std::atomic<std::uint64_t> gaps_ = 0;
  mutable std::mutex mutex_;
  std::string problem_;
  bool stale_ = false;
  bool lost_ = false;   ///< records, in the batch at hand
  std::string halted_;  ///< why; empty: it is not
  std::thread thread_;
};

}  // namespace depthwire::gateway
