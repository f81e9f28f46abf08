#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>

namespace depthwire::ctrader {

using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

/// The server counts requests in two buckets; heartbeats and what nobody counts go at once.
enum class RequestClass : std::uint8_t { ordinary, historical, exempt };

[[nodiscard]] RequestClass request_class(std::uint32_t payload_type);

/// What the server takes of one class in any second, and what we send of it: 5 % less.
struct RateLimit {
  std::size_t server_per_second;
  double per_second;
};

struct RateLimits {
  RateLimit ordinary{50, 47.5};
  RateLimit historical{5, 4.75};
};

/// Says when a request may go, so that the server never has to refuse one: two buckets that hold
/// one request each, and pauses of single payload types that the server asked for.
///
/// What was sent over a second may arrive in one moment, when the network has stood still. A
/// request counts at the server between its sending and a second after it is known to have arrived:
/// so many together never exceed what the server takes in a second.
class RateLimiter {
 public:
  explicit RateLimiter(RateLimits limits = {});

  /// The earliest time at which a request of `payload_type` may go; in the past: now; max(): not
  /// before another one has arrived.
  [[nodiscard]] TimePoint ready_at(std::uint32_t payload_type) const;
  /// Notes that one went at `now`.
  void take(std::uint32_t payload_type, TimePoint now);
  /// Notes that one that went has arrived by `now`.
  void arrived(std::uint32_t payload_type, TimePoint now);
  /// Holds `payload_type` back until `until`.
  void pause(std::uint32_t payload_type, TimePoint until);

 private:
  class Bucket {
   public:
    explicit Bucket(RateLimit limit);
    [[nodiscard]] TimePoint ready_at() const;
    void take(TimePoint now);
    void arrived(TimePoint now);

   private:
    std::size_t server_limit_;
    Duration interval_;
    TimePoint next_ = TimePoint::min();
    std::size_t on_the_way_ = 0;
    std::deque<TimePoint> arrived_;  // in the last second, oldest first
  };

  [[nodiscard]] Bucket* bucket(std::uint32_t payload_type);

  Bucket ordinary_;
  Bucket historical_;
  std::map<std::uint32_t, TimePoint> pauses_;  // by payload type
};

}  // namespace depthwire::ctrader
