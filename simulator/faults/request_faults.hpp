#pragma once

#include "simulator/faults/fault.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>

namespace depthwire::simulator {

/// Which requests are answered wrongly, over all connections: who comes back does not escape.
class RequestFaults {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// An error instead of the answer.
  struct Refusal {
    std::string code;
    std::string why;
    std::optional<std::uint64_t> retry_after_seconds;
    std::optional<std::int64_t> maintenance_end;  ///< Unix time in the unit that was asked for
  };
  struct NoAnswer {};
  using Instead = std::variant<Refusal, NoAnswer>;

  void apply(const ErrorReply& error) {
    planned_.push_back({error.payload_type, error.count, error.code});
  }
  void apply(const Ignore& ignore) {
    planned_.push_back({ignore.payload_type, ignore.count, std::nullopt});
  }
  void apply(const LimitRate& limit, TimePoint now) {
    blocked_until_[limit.payload_type] = now + limit.time;
  }
  /// `wall` is the time of day at `now`.
  void apply(const Maintenance& maintenance, TimePoint now,
             std::chrono::system_clock::time_point wall);
  void clear() { *this = {}; }

  /// What a request of this type gets instead of its answer; nothing: it is served. Counts it.
  [[nodiscard]] std::optional<Instead> take(std::uint32_t payload_type, TimePoint now);

 private:
  struct Planned {
    std::uint32_t payload_type = 0;
    std::size_t left = 0;
    std::optional<std::string> code;  ///< none: no answer
  };

  std::deque<Planned> planned_;
  std::map<std::uint32_t, TimePoint> blocked_until_;
  TimePoint maintenance_until_;
  std::int64_t maintenance_end_ = 0;
};

}  // namespace depthwire::simulator
