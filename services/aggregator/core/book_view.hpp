#pragma once

#include "common/market/book.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace depthwire::aggregator {

/// A symbol's book as people look at it.
struct BookView {
  std::vector<market::Level> bids;  ///< from the touch outwards
  std::vector<market::Level> asks;
  std::optional<std::int64_t> mid_half_points;  ///< nothing while a side is empty
  std::optional<std::int64_t> spread_points;    ///< below zero while the book is crossed
  std::optional<double> imbalance;              ///< I_10 of signals.md S1, in [-1, 1]
  std::optional<double> weighted_mid_points;    ///< signals.md S2
  std::int64_t bid_depth_cents = 0;             ///< sum of the top 10 levels
  std::int64_t ask_depth_cents = 0;
};

/// Levels that the imbalance and the depth sums look at.
inline constexpr std::size_t summed_levels = 10;

/// Fills `view` from `book` with at most `depth` levels a side; its storage is reused.
void look(const market::Book& book, std::size_t depth, BookView& view);

}  // namespace depthwire::aggregator
