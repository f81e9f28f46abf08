#pragma once

#include "common/journal/format.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace depthwire::journal {

/// A sealed segment, as far as retention goes.
struct Held {
  std::uint64_t bytes = 0;
  Position last;
  std::int64_t last_time_ns = 0;
};

/// What the journals of one environment may take, and how one of them stands in it.
struct Allowance {
  std::uint64_t own_bytes = 0;          ///< this journal
  std::uint64_t environment_bytes = 0;  ///< all journals of the environment, this one included
  std::uint64_t journals = 1;           ///< how many they are
  std::uint64_t bytes = 0;              ///< the limit for all of them
  std::uint64_t hard_bytes = 0;         ///< the limit also for what nobody acknowledged
  std::chrono::nanoseconds age{0};
  std::int64_t now_ns = 0;
  /// Up to here every required consumer has acknowledged; nothing: nobody is required.
  std::optional<Position> acknowledged;
};

struct Removals {
  std::size_t count = 0;         ///< so many of the oldest go
  std::size_t acknowledged = 0;  ///< of these; the rest had to go all the same
};

/// Which sealed segments go, the oldest first. A journal gives up what all of them together have
/// too much, but none falls below its even share for another's sake. Pure.
[[nodiscard]] Removals plan_retention(const std::vector<Held>& segments,
                                      const Allowance& allowance);

}  // namespace depthwire::journal
