#pragma once

#include <chrono>
#include <cstdint>
#include <map>

namespace depthwire::ctrader {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

/// The server counts requests in two buckets; heartbeats and what nobody counts go at once.
enum class RequestClass : std::uint8_t { ordinary, historical, exempt };

[[nodiscard]] RequestClass request_class(std::uint32_t payload_type);

/// Requests per second that we send: the server's 50 and 5 less 5 % for jitter on the way.
struct RateLimits {
  double ordinary_per_second = 47.5;
  double historical_per_second = 4.75;
};

/// Says when a request may go. Two buckets that hold one request each, and pauses of single payload
/// types that the server asked for.
class RateLimiter {
 public:
  explicit RateLimiter(RateLimits limits = {});

  /// The earliest time at which a request of `payload_type` may go; in the past: now.
  [[nodiscard]] TimePoint ready_at(std::uint32_t payload_type) const;
  /// Notes that one went at `now`.
  void take(std::uint32_t payload_type, TimePoint now);
  /// Holds `payload_type` back until `until`.
  void pause(std::uint32_t payload_type, TimePoint until);

 private:
  struct Bucket {
    Duration interval;
    TimePoint next = TimePoint::min();
  };

  Bucket ordinary_;
  Bucket historical_;
  std::map<std::uint32_t, TimePoint> pauses_;  // by payload type
};

}  // namespace depthwire::ctrader
