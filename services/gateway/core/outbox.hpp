#pragma once

#include "services/gateway/core/frame.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>

namespace depthwire::gateway {

/// What waits for one client. While the client keeps up, every frame goes out in order. When more
/// than `max_bytes` wait, the outbox conflates: of each slot (a symbol's book, its spot, ...) only
/// the latest stays, of events the newest `max_events`. It stays so until all has gone out.
class Outbox {
 public:
  struct Limits {
    std::size_t max_bytes = 1 << 20;
    std::size_t max_events = 256;
  };
  explicit Outbox(Limits limits) : limits_(limits) {}

  /// False when the client is beyond help: even conflated, more than `max_bytes` wait.
  [[nodiscard]] bool push(FramePtr frame);

  /// Moves whole frames to the end of `out` until it holds `max_bytes` or nothing waits; at least
  /// one when any does.
  void take(std::string& out, std::size_t max_bytes);

  void clear();

  [[nodiscard]] bool empty() const { return frames_.empty(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  [[nodiscard]] bool conflating() const { return conflating_; }

  /// Frames that were left out since the last call.
  [[nodiscard]] std::uint64_t take_dropped();

 private:
  void conflate();
  void place(FramePtr frame);
  void drop_oldest_event();

  Limits limits_;
  std::deque<FramePtr> frames_;
  std::size_t bytes_ = 0;
  bool conflating_ = false;
  std::uint64_t dropped_ = 0;
  // Of a conflating outbox: where each slot's frame stands, counted from the first frame ever.
  std::unordered_map<std::uint32_t, std::uint64_t> places_;
  std::uint64_t first_place_ = 0;
  std::size_t events_ = 0;
};

}  // namespace depthwire::gateway
