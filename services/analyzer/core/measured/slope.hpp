#pragma once

#include "common/market/types.hpp"
#include "services/analyzer/core/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace depthwire::analyzer {

// S4: how fast depth grows away from the mid, which side presses nearer to it, and what was added
// to or pulled from prices that stayed. Levels have the touch LAST.
// Source: signals.md S4; Naes & Skjeltorp 2006; Kalay, Sade & Wohl 2004.

inline constexpr double slope_pips = 10.0;  ///< levels further from the mid do not count

struct Slope {
  double bid = 0;  ///< sum(C d) / sum(d^2), C in cents, d in pips: cents per pip
  double ask = 0;
  double asymmetry = 0;  ///< (bid - ask) / (bid + ask)
};

/// Null where a side has no level within 10 pips, or the book is locked or crossed.
[[nodiscard]] std::optional<Slope> slope(std::span<const market::Level> bids,
                                         std::span<const market::Level> asks, double pip_points);

/// Sizes by nearness: (sum(Qb / d) - sum(Qa / d)) / (sum(Qb / d) + sum(Qa / d)). Null as slope().
[[nodiscard]] std::optional<double> pressure(std::span<const market::Level> bids,
                                             std::span<const market::Level> asks,
                                             double pip_points);

/// Sizes at the prices of one book over the last five whole seconds, for the prices that never left
/// it in that time.
class Stacking {
 public:
  /// Takes the book after a depth event.
  void step(std::span<const market::Level> bids, std::span<const market::Level> asks);
  /// The running second ends.
  void second();
  void clear();

  struct Change {
    std::int64_t cents = 0;  ///< now less five seconds ago: stacked when positive, else pulled
    std::size_t prices = 0;  ///< that stayed
  };
  /// Over the prices of `side`; null where none has stayed for five seconds.
  [[nodiscard]] std::optional<Change> change(market::Side side) const;

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(sides_, next_);
  }

 private:
  static constexpr std::size_t seconds = 5;
  struct Stay {
    market::Level level;
    std::array<std::int64_t, seconds> cents{};  // at the ends of the last seconds, a ring
    std::size_t known = 0;                      // of these

    template <class Archive>
    void serialize(Archive& archive) {
      archive(level, cents, known);
    }
  };
  using Stays = std::vector<Stay>;

  void follow(Stays& stays, std::span<const market::Level> levels);

  std::array<Stays, 2> sides_;  // in the order of the levels
  Stays scratch_;
  std::size_t next_ = 0;
};

}  // namespace depthwire::analyzer
