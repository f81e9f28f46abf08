#pragma once

#include "common/ctrader/rate_limiter.hpp"
#include "common/ctrader/requests.hpp"

#include <deque>
#include <optional>
#include <string>

namespace depthwire::ctrader {

struct QueuedRequest {
  Request request;
  std::string client_msg_id;
};

/// Requests that wait for the rate limits. Each class goes in order of arrival; a payload type that
/// is held back lets the others pass.
class RequestQueue {
 public:
  explicit RequestQueue(RateLimits limits = {}) : limiter_{limits} {}

  void push(QueuedRequest request) { waiting_.push_back(std::move(request)); }
  /// The next request that may go at `now`, which counts as sent.
  [[nodiscard]] std::optional<QueuedRequest> pop(TimePoint now);
  /// When pop() will next give something; empty while nothing waits.
  [[nodiscard]] std::optional<TimePoint> next_due() const;
  void pause(std::uint32_t payload_type, TimePoint until) { limiter_.pause(payload_type, until); }
  /// Drops all that waits, as after a disconnect. The limits go on.
  void clear() { waiting_.clear(); }
  [[nodiscard]] std::size_t size() const { return waiting_.size(); }

 private:
  RateLimiter limiter_;
  std::deque<QueuedRequest> waiting_;
};

}  // namespace depthwire::ctrader
