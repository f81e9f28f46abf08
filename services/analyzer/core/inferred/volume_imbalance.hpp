#pragma once

#include <cstdint>
#include <optional>

namespace depthwire::analyzer {

// S8: (buy - sell) / (buy + sell) over the main window, one per flavour (taken, bvc, bar60).

inline constexpr std::uint64_t volume_imbalance_min_n = 5;

/// Null when the sum is zero or fewer than 5 estimates (bar flavours: ticks) are behind it.
[[nodiscard]] std::optional<double> volume_imbalance(double buy, double sell, std::uint64_t n);

}  // namespace depthwire::analyzer
