#pragma once

#include "common/market/types.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace depthwire::analyzer {

// S3: what it costs to trade now. The spread comes from spots, the cost curve from depth. Its
// time-weighted mean is a TimeWeighted, its z a Baseline.
// Source: signals.md S3; Foucault, Pagano & Roell 2013, chapter 2.

/// Both best prices as the spots say them. A spot carries only the side that moved.
class SpotState {
 public:
  void apply(const market::Spot& spot);
  /// Takes prices that may be days old, as those of the first spot after a subscription: they are
  /// known, but nothing is derived from them until the next spot.
  void note_old(const market::Spot& spot);
  /// Forgets both sides, as after a reconnect.
  void clear();

  /// Null while old, as all that follows.
  [[nodiscard]] std::optional<market::Price> bid() const { return old_ ? std::nullopt : bid_; }
  [[nodiscard]] std::optional<market::Price> ask() const { return old_ ? std::nullopt : ask_; }
  [[nodiscard]] std::optional<std::int64_t> mid_half_points() const;
  /// ask - bid in points. Null while a side is unknown and while it is not positive.
  [[nodiscard]] std::optional<std::int64_t> spread_points() const;

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(bid_, ask_, old_);
  }

 private:
  std::optional<market::Price> bid_;
  std::optional<market::Price> ask_;
  bool old_ = false;
};

/// `points` as 1e-4 of the mid.
[[nodiscard]] double spread_bps(std::int64_t spread_points, std::int64_t mid_half_points);

struct Cost {
  double vwap_points = 0;
  double cost_points = 0;  ///< distance of the VWAP from the mid, positive when one pays
};

/// Cost of taking `size` from `levels` (one side, the touch LAST). Null beyond what is visible.
[[nodiscard]] std::optional<Cost> cost_of_taking(std::span<const market::Level> levels,
                                                 market::Side side, market::Size size,
                                                 std::int64_t mid_half_points);

}  // namespace depthwire::analyzer
