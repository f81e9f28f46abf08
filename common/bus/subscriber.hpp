#pragma once

#include "common/bus/subscription.hpp"

#include <zmq.hpp>

#include <chrono>
#include <cstdint>
#include <memory>

namespace depthwire::bus {

/// Follows one publisher: records in order, each once. What PUB/SUB dropped is fetched from the
/// journal before anything later is delivered. Used by one thread.
class Subscriber {
 public:
  Subscriber(zmq::context_t& context, SubscriberOptions options);
  ~Subscriber();
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  /// Waits up to `timeout` for records or a notice; at most about 256 live records or one fetched
  /// page (1 MiB) at a time.
  [[nodiscard]] Batch receive(std::chrono::milliseconds timeout);

  /// Tells the publisher what is durably processed. Never blocks.
  void acknowledge(journal::Position position);

  [[nodiscard]] journal::Position last() const;   ///< the last record delivered
  [[nodiscard]] journal::Position head() const;   ///< the publisher's, as far as is known
  [[nodiscard]] std::uint64_t gaps() const;       ///< how often something had to be fetched
  [[nodiscard]] std::uint64_t fetched() const;    ///< records that came by FETCH
  [[nodiscard]] std::uint64_t zombies() const;    ///< records of an earlier epoch, dropped
  [[nodiscard]] std::uint64_t malformed() const;  ///< frames and replies that are none
  [[nodiscard]] bool live() const;                ///< not catching up, not stale, not halted

  [[nodiscard]] bool halted() const;  ///< waits for an operator
  /// Why no connection comes about where somebody answers, for people: a wrong key, or none; empty
  /// while nothing is wrong with that.
  [[nodiscard]] std::string problem() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::bus
