#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace depthwire::bench {

/// Frames as the broker sends them, one after another.
struct Frames {
  std::string bytes;
  std::vector<std::size_t> ends;  ///< where each frame ends in `bytes`

  [[nodiscard]] std::size_t count() const { return ends.size(); }
  /// The bytes of the frames `first` up to `last`.
  [[nodiscard]] std::string slice(std::size_t first, std::size_t last) const {
    const auto begin = first == 0 ? 0 : ends[first - 1];
    return bytes.substr(begin, ends[last - 1] - begin);
  }
};

inline constexpr int bench_symbols = 4;            ///< ids 1 to 4
inline constexpr std::uint64_t bench_levels = 10;  ///< a side

/// `count` depth events of 1 to 3 changed quotes each, over four books of ten levels a side; they
/// begin with the whole books. The same in every run. `stamped`: with room for a time.
[[nodiscard]] Frames depth_frames(std::size_t count, bool stamped = false);
/// `count` spot events with the server's time, of both sides or one.
[[nodiscard]] Frames spot_frames(std::size_t count);

/// Writes `time_ns` (UTC, now) into the stamped frame of `bytes` that ends at `end`, as the time of
/// the simulator.
void stamp(std::string& bytes, std::size_t end, std::int64_t time_ns);

}  // namespace depthwire::bench
