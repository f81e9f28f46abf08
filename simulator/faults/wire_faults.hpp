#pragma once

#include "simulator/faults/fault.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace depthwire::simulator {

/// How the bytes of one connection go out while something is wrong with it: how many in one write,
/// and when. Several faults at once are all obeyed: the strictest decides.
class WireFaults {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  void apply(const Stall& stall, TimePoint now) { stalled_until_ = now + stall.time; }
  void apply(const Split& split, TimePoint now) { split_until_ = now + split.time; }
  void apply(const Join& join, TimePoint now);
  void apply(const Slow& slow, TimePoint now);
  void clear() { *this = {}; }

  /// What may be done with bytes that wait.
  struct Turn {
    std::size_t bytes = 0;           ///< to be written at once; 0: none yet
    std::optional<TimePoint> again;  ///< when to ask again; set if there are none yet
  };
  /// Decides about the first of `waiting` bytes, at least one, and takes them as written.
  [[nodiscard]] Turn next(std::size_t waiting, TimePoint now);

 private:
  TimePoint stalled_until_;
  TimePoint split_until_;
  TimePoint joined_until_;
  TimePoint next_join_;
  TimePoint slow_until_;
  TimePoint next_slow_;
  std::uint64_t bytes_per_second_ = 1;
};

/// What goes between two frames of a connection.
[[nodiscard]] std::string wire_bytes(const Garbage& garbage);
[[nodiscard]] std::string wire_bytes(const EmptyFrame& empty);
[[nodiscard]] std::string wire_bytes(const Oversize& oversize);

}  // namespace depthwire::simulator
