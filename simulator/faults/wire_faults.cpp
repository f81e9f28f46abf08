#include "simulator/faults/wire_faults.hpp"

#include <algorithm>

namespace depthwire::simulator {
namespace {

constexpr Milliseconds join_every{500};
constexpr std::uint64_t slow_writes_a_second = 20;

}  // namespace

void WireFaults::apply(const Join& join, TimePoint now) {
  joined_until_ = now + join.time;
  next_join_ = now + join_every;
}

void WireFaults::apply(const Slow& slow, TimePoint now) {
  slow_until_ = now + slow.time;
  next_slow_ = now;
  bytes_per_second_ = slow.bytes_per_second;
}

WireFaults::Turn WireFaults::next(std::size_t waiting, TimePoint now) {
  if (now < stalled_until_) return {.again = stalled_until_};
  if (now < joined_until_) {
    if (now < next_join_) return {.again = std::min(next_join_, joined_until_)};
  }
  std::size_t bytes = waiting;
  if (now < slow_until_) {
    if (now < next_slow_) return {.again = std::min(next_slow_, slow_until_)};
    bytes = std::clamp<std::size_t>(bytes_per_second_ / slow_writes_a_second, 1, bytes);
  }
  if (now < split_until_) bytes = 1;
  // All that waited goes out before the next time is set: one join may take several writes.
  if (now < joined_until_ && bytes == waiting) next_join_ = now + join_every;
  if (now < slow_until_) {
    next_slow_ = now + std::chrono::nanoseconds(
                           static_cast<std::int64_t>(bytes * 1'000'000'000 / bytes_per_second_));
  }
  return {.bytes = bytes};
}

std::string wire_bytes(const Garbage&) {
  // No field has the number that 0xFF... says, and its last varint does not end.
  constexpr std::size_t size = 64;
  return std::string("\0\0\0", 3) + static_cast<char>(size) + std::string(size, '\xFF');
}

std::string wire_bytes(const EmptyFrame&) { return std::string(4, '\0'); }

std::string wire_bytes(const Oversize&) { return std::string("\x04\0\0\0", 4); }

}  // namespace depthwire::simulator
