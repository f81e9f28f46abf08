#pragma once

#include "common/market/types.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace depthwire::analyzer {

// S1: how much more rests on one side than on the other. All take levels with the touch LAST, give
// a value in [-1, 1], positive when more is bid, and null when a side is empty.
// Source: signals.md S1; Cao, Hansch & Wang 2009; Lipton et al. 2013.

struct Imbalance {
  double value = 0;
  std::size_t k = 0;  ///< levels that both sides had, at most those asked for

  template <class Archive>
  void serialize(Archive& archive) {
    archive(value, k);
  }
};

/// I_k: sums of the k levels nearest to the touch.
[[nodiscard]] std::optional<Imbalance> imbalance(std::span<const market::Level> bids,
                                                 std::span<const market::Level> asks,
                                                 std::size_t k);

/// I_w: each size times exp(-d / tau), d its distance from the mid in pips.
[[nodiscard]] std::optional<double> distance_weighted_imbalance(std::span<const market::Level> bids,
                                                                std::span<const market::Level> asks,
                                                                double pip_points,
                                                                double tau_pips = 2.0);

/// I_r: each size times 1 / rank, 1 being the touch.
[[nodiscard]] std::optional<double> rank_weighted_imbalance(std::span<const market::Level> bids,
                                                            std::span<const market::Level> asks);

}  // namespace depthwire::analyzer
