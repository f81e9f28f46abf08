#pragma once

#include "services/analyzer/core/base/time.hpp"
#include "services/analyzer/core/book/book_change.hpp"
#include "services/analyzer/core/inferred/touch_removal.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace depthwire::analyzer {

// What vanished from the book at any depth, and whether it was only re-priced or came back: what
// S12, S13 and S14 stand on. At the touch the pairs are those of S6; further out the same rule
// (signals.md S6, 1) has the additions that the touch left over.

struct RemovalsParams {
  Ns refill_after = 150 * ns_per_ms;     ///< sooner it is a provider that streams anew
  Ns refill_within = 1'500 * ns_per_ms;  ///< and later it is something else
  std::int64_t size_tolerance_pct = 20;  ///< sizes of a refill differ by at most this
};

/// A part of a quote that vanished.
struct Removal {
  QuotePart part;
  Ns t = 0;
  std::int64_t behind_touch = 0;  ///< points from the touch of its side before the event
  bool repriced = false;          ///< final once TouchRemovalParams::pair_within has passed
  bool answered = false;          ///< something was added at its price since

  template <class Archive>
  void serialize(Archive& archive) {
    archive(part, t, behind_touch, repriced, answered);
  }
};

/// An addition about as large as what had vanished at its price a little earlier.
struct Refill {
  market::Side side = market::Side::bid;
  market::Price price;
  market::Size removed;
  market::Size added;
  Ns delay = 0;
  std::int64_t behind_touch = 0;  ///< points, the larger of before the removal and after the refill
};

/// Follows what vanishes from the book of one symbol for 1.5 s, 1,024 removals at most.
class Removals {
 public:
  explicit Removals(const TouchRemovalParams& pairing = {}, const RemovalsParams& params = {})
      : pairing_(pairing), params_(params) {}

  /// Takes a depth event that `touch` has taken already.
  void step(Ns t, const BookChange& change, const TouchRemoval& touch, std::int64_t tick_points);
  /// Forgets everything: nothing spans a reset.
  void clear();

  /// By time. Valid until the next change, as all spans of it.
  [[nodiscard]] std::span<const Removal> kept() const { return std::span(kept_).subspan(first_); }
  /// Those of the last event.
  [[nodiscard]] std::span<const Removal> latest() const { return kept().last(latest_); }
  /// Refills by the last event, in the order of its additions.
  [[nodiscard]] std::span<const Refill> refills() const { return refills_; }
  /// Whether what vanished of `id` at `t` was only re-priced.
  [[nodiscard]] bool repriced(market::QuoteId id, Ns t) const;

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(kept_, first_, latest_);
  }

 private:
  void drop_old(Ns t);
  void add(Ns t, const BookChange& change);
  void pair(Ns t, const BookChange& change, const TouchRemoval& touch, std::int64_t tick_points);
  void refill(Ns t, const BookChange& change);

  TouchRemovalParams pairing_;
  RemovalsParams params_;
  std::vector<Removal> kept_;  // by time; those before first_ are forgotten
  std::size_t first_ = 0;
  std::size_t latest_ = 0;
  std::vector<Refill> refills_;
  std::vector<char> used_;  // of the event's additions
};

}  // namespace depthwire::analyzer
