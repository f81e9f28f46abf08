#pragma once

#include <cstdint>
#include <optional>
#include <utility>

namespace depthwire::streaming {

/// What a look at a book tells of its being crossed, in nanoseconds.
struct Crossing {
  bool over = false;          ///< it has ended, else it has just lasted too long
  std::int64_t from_ns = 0;   ///< since when the book was crossed
  std::int64_t until_ns = 0;  ///< now
};

/// Tells when a book has been crossed, its best bid at or above its best ask, for more than 500 ms,
/// and when that is over. A book that does it again within a minute is not told again.
class CrossedWatch {
 public:
  /// `since`: since when the book is crossed, if it is.
  std::optional<Crossing> look(std::int64_t time_ns, std::optional<std::int64_t> since) {
    constexpr std::int64_t long_enough = 500'000'000;
    constexpr std::int64_t minute = 60'000'000'000;
    if (open_ && since != open_) {
      return Crossing{true, *std::exchange(open_, std::nullopt), time_ns};
    }
    if (open_ || !since || time_ns - *since <= long_enough) return std::nullopt;
    if (told_ && time_ns - *told_ < minute) return std::nullopt;
    open_ = since;
    told_ = time_ns;
    return Crossing{false, *since, time_ns};
  }

 private:
  std::optional<std::int64_t> open_;  // what was told to have begun
  std::optional<std::int64_t> told_;
};

}  // namespace depthwire::streaming
