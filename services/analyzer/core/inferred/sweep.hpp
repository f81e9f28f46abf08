#pragma once

#include "common/market/book.hpp"
#include "services/analyzer/core/base/time.hpp"
#include "services/analyzer/core/book/book_change.hpp"
#include "services/analyzer/core/inferred/removals.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace depthwire::analyzer {

// S13: several levels of a side gone at once, and the spot beyond them; or both sides gone, which
// is a pull. What was only re-priced does not count, so it is told when that is known: with the
// estimate of S6 of the event that began it. Source: signals.md S13 (industry usage: Bookmap).

struct SweepParams {
  std::size_t min_levels = 3;           ///< from the touch outwards, without one left
  Ns within = 100 * ns_per_ms;          ///< of the first removal at the touch
  Ns judged_after = 2 * ns_per_second;  ///< whether the mid came back
  double failed_share = 0.5;            ///< of the move; from here on the sweep has failed
  double full_levels = 6;               ///< that make strength 1
};

struct Swept {
  Ns t = 0;           ///< of the depth event that began it
  int direction = 0;  ///< +1 asks, -1 bids, 0 both: a liquidity pull
  std::size_t levels = 0;
  std::int64_t cents = 0;
  double strength = 0;
  std::optional<std::int64_t> mid_before;  ///< half points

  template <class Archive>
  void serialize(Archive& archive) {
    archive(t, direction, levels, cents, strength, mid_before);
  }
};

/// Whether the mid, in half points, went from `before` to `after` and has come back by `now`.
[[nodiscard]] bool sweep_failed(std::int64_t before, std::int64_t after, std::int64_t now,
                                const SweepParams& params = {});

/// Follows the best ten levels of one symbol.
class Sweep {
 public:
  explicit Sweep(const SweepParams& params = {}) : params_(params) {}

  /// Takes a depth event that has been applied to `book`, and what it removed.
  void step(Ns t, const market::Book& book, const BookChange& change,
            std::span<const Removal> removed);
  /// Judges what began at the event of `t`, when 250 ms have passed. Call it once for each estimate
  /// of S6. `kept`: what was removed since then; spots as they are now.
  [[nodiscard]] std::optional<Swept> judge(Ns t, std::span<const Removal> kept,
                                           std::optional<market::Price> spot_bid,
                                           std::optional<market::Price> spot_ask);
  /// Forgets what has begun; the book is followed all the same.
  void drop() { begun_.clear(); }
  /// Forgets everything: nothing spans a reset.
  void clear();

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(before_, begun_, last_found_);
  }

 private:
  static constexpr std::size_t max_levels = 10;
  /// The best levels of one side, from the touch outwards.
  struct Ladder {
    std::array<market::Level, max_levels> levels{};
    std::size_t count = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(levels, count);
    }
  };
  using Ladders = std::array<Ladder, 2>;  // bid, ask
  /// A removal at the touch, and the book before it.
  struct Begun {
    Ns t = 0;
    Ladders ladders;
    std::optional<std::int64_t> mid;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(t, ladders, mid);
    }
  };
  struct Lost {
    std::size_t levels = 0;
    std::int64_t cents = 0;
    market::Price last;
  };

  [[nodiscard]] Lost lost(const Begun& begun, market::Side side,
                          std::span<const Removal> kept) const;

  SweepParams params_;
  Ladders before_;  // of the next event
  std::vector<Begun> begun_;
  std::optional<Ns> last_found_;
};

}  // namespace depthwire::analyzer
