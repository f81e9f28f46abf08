#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <variant>

namespace depthwire::simulator {

using TimePoint = std::chrono::steady_clock::time_point;

/// Requests a second, over a sliding second (PROTOCOL.md 9).
struct RateLimits {
  std::size_t ordinary = 50;
  std::size_t historical = 5;
  std::size_t patience = 5;  ///< refusals within a second until the payload type is blocked
  std::chrono::seconds block{1};
};

/// The limits of one connection. What is refused does not count; who goes on asking at full speed
/// is told to stay away from that payload type.
class RateLimit {
 public:
  enum class Refusal : std::uint8_t { frequency_exceeded, blocked };

  explicit RateLimit(const RateLimits& limits) : limits_(limits) {}

  /// Counts a request, or says why it is refused.
  [[nodiscard]] std::optional<Refusal> take(std::uint32_t payload_type, bool historical,
                                            TimePoint now);
  /// Whole seconds, rounded up, until a blocked `payload_type` is open again; at least 1.
  [[nodiscard]] std::uint64_t retry_after(std::uint32_t payload_type, TimePoint now) const;

 private:
  struct Offence {
    std::deque<TimePoint> refusals;
    TimePoint blocked_until;
  };

  RateLimits limits_;
  std::deque<TimePoint> ordinary_;
  std::deque<TimePoint> historical_;
  std::map<std::uint32_t, Offence> offences_;
};

}  // namespace depthwire::simulator
