#pragma once

#include "common/ctrader/rate_limiter.hpp"
#include "common/ctrader/requests.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::ctrader {

/// What goes first: the log-in, then what begins and ends subscriptions, then all that may come in
/// bulk.
enum class Priority : std::uint8_t { log_in, subscription, bulk };

[[nodiscard]] Priority priority_of(std::uint32_t payload_type);

struct QueuedRequest {
  Request request;
  std::string client_msg_id;  ///< unique
  bool held_back = false;     ///< it had to wait for the limits, or for a pause
};

/// Requests that wait for the rate limits, by priority. Of one priority each class goes in order of
/// arrival; a payload type that is held back lets the others pass.
class RequestQueue {
 public:
  explicit RequestQueue(RateLimits limits = {}) : limiter_{limits} {}

  void push(QueuedRequest request);
  /// The next request that may go at `now`, which counts as sent.
  [[nodiscard]] std::optional<QueuedRequest> pop(TimePoint now);
  /// When pop() will next give something; empty while nothing waits; max(): not before an answer.
  [[nodiscard]] std::optional<TimePoint> next_due() const;
  void pause(std::uint32_t payload_type, TimePoint until) { limiter_.pause(payload_type, until); }
  /// An answer to `client_msg_id` came, or nobody waits for it any more. A connection keeps order:
  /// what was sent before it has arrived too. Gives the payload type of a request that was not
  /// known to have arrived; nothing for others and for ids that are not ours.
  std::optional<std::uint32_t> answered(std::string_view client_msg_id, TimePoint now);
  /// Drops all that waits. The limits go on.
  void clear();
  /// The connection ended: what was on the way on it will not arrive later.
  void disconnected(TimePoint now);
  [[nodiscard]] bool empty() const;
  /// How many requests have had to wait so far.
  [[nodiscard]] std::uint64_t held_back() const { return held_back_; }

 private:
  struct Sent {
    std::string client_msg_id;
    std::uint32_t payload_type;
  };

  void note_waiting();

  RateLimiter limiter_;
  std::uint64_t held_back_ = 0;
  std::array<std::deque<QueuedRequest>, 3> waiting_;  // by priority
  std::deque<Sent> on_the_way_;                       // not known to have arrived, in order
};

}  // namespace depthwire::ctrader
