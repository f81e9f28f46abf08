#pragma once

#include <cstdint>

namespace depthwire::analyzer {

/// A receive time or a span of it. Stamped once at the edge; no signal ever reads a clock.
using Ns = std::int64_t;

inline constexpr Ns ns_per_ms = 1'000'000;
inline constexpr Ns ns_per_second = 1'000'000'000;
inline constexpr Ns ns_per_minute = 60 * ns_per_second;
inline constexpr Ns ns_per_hour = 60 * ns_per_minute;

// The default windows of signals.md section 3.
inline constexpr Ns fast_window = ns_per_second;
inline constexpr Ns short_window = 10 * ns_per_second;
inline constexpr Ns main_window = 60 * ns_per_second;
inline constexpr Ns sentiment_window = 300 * ns_per_second;
inline constexpr Ns baseline_window = 3'600 * ns_per_second;

}  // namespace depthwire::analyzer
