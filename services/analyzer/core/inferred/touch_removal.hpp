#pragma once

#include "common/market/types.hpp"
#include "services/analyzer/core/base/time.hpp"
#include "services/analyzer/core/book/book_change.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace depthwire::analyzer {

// S6: how much of the liquidity that vanished at the touch was taken, told from depth alone. Each
// removal of size U waits 250 ms and is then given a share pi that was taken; v = pi U. An estimate
// is never revised, and never called volume. Source: signals.md S6; Lee & Ready 1991; Cont,
// Kukanov & Stoikov 2014.

struct TouchRemovalParams {
  Ns pair_within = 150 * ns_per_ms;      ///< a re-price follows within this
  Ns look_ahead = 250 * ns_per_ms;       ///< until the estimate is due
  std::int64_t pair_ticks = 5;           ///< a re-price lies within these
  std::int64_t size_tolerance_pct = 10;  ///< sizes of a re-price differ by at most this
  Ns refill_within = short_window;       ///< additions at removed prices count as refill so long
};

/// Estimates are integers: quarters of a cent.
inline constexpr double quarters_per_unit = 4.0 * market::cents_per_unit;

/// The addition that re-prices `removed`: on its side, another id, about its size, near its price,
/// not `used` yet; the nearest of them. `tick_points` is the symbol's tick size.
[[nodiscard]] std::optional<std::size_t> find_reprice(const QuotePart& removed,
                                                      std::span<const QuotePart> additions,
                                                      std::span<const char> used,
                                                      const TouchRemovalParams& params,
                                                      std::int64_t tick_points);

/// A removal that turned out to be a re-price.
struct RePriced {
  market::QuoteId id = 0;
  Ns t = 0;  ///< of the removal
};

/// The estimates of one side of one depth event.
struct Estimate {
  Ns t = 0;                  ///< of the depth event
  Ns due = 0;                ///< t + look_ahead
  std::uint64_t offset = 0;  ///< of the depth event
  market::Side side = market::Side::bid;
  std::int64_t removed = 0;         ///< cents that vanished at the touch (measured)
  std::int64_t unpaired = 0;        ///< of these, cents that were neither re-priced nor pulled
  std::int64_t taken_quarters = 0;  ///< estimate in quarters of a cent, never negative

  /// Share of `removed` that the rule holds for taken.
  [[nodiscard]] double pi() const {
    return static_cast<double>(taken_quarters) / (4.0 * static_cast<double>(removed));
  }
  /// +1: buyers took asks; -1: sellers took bids.
  [[nodiscard]] int sign() const { return side == market::Side::ask ? 1 : -1; }
};

/// Follows the removals of one symbol until they are due.
class TouchRemoval {
 public:
  explicit TouchRemoval(const TouchRemovalParams& params = {}) : params_(params) {}

  /// Takes one depth event. `tick_points` is the symbol's tick size.
  void step(Ns t, std::uint64_t offset, const BookChange& change, std::int64_t tick_points);

  /// When the next estimate is due.
  [[nodiscard]] std::optional<Ns> next_due() const;
  /// Takes the next side of an event that is due at or before `t`, in order of events.
  [[nodiscard]] std::optional<Estimate> take_due(Ns t);
  /// Forgets what is pending: nothing spans a reset.
  void clear();

  /// Cents of this event's additions on `side` that are no re-prices and lie at prices where
  /// something unpaired was removed within the last 10 s: what came back.
  [[nodiscard]] std::int64_t refilled(market::Side side) const {
    return side == market::Side::bid ? refilled_bid_ : refilled_ask_;
  }
  /// Which additions of the last event re-price something, in their order; empty after clear().
  [[nodiscard]] std::span<const char> used() const { return used_; }
  /// What they re-priced.
  [[nodiscard]] std::span<const RePriced> repriced() const { return repriced_; }
  /// Removals that came while too many were pending, and were let go.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(pending_, first_, removed_prices_, refilled_bid_, refilled_ask_, dropped_);
  }

 private:
  struct Pending {
    QuotePart part;
    Ns t = 0;
    std::uint64_t offset = 0;
    std::optional<market::Price> opposite_before;
    bool paired = false;     // 1: re-priced
    bool two_sided = false;  // 2: pulled with the other side
    bool advanced = false;   // 3: the opposite touch came towards it
    bool left = false;       // its own touch left the price ...
    bool returned = false;   // ... and came back to it or better

    template <class Archive>
    void serialize(Archive& archive) {
      archive(part, t, offset, opposite_before, paired, two_sided, advanced, left, returned);
    }
  };
  /// A price where something was removed, for the refill.
  struct RemovedPrice {
    Ns t = 0;
    market::Side side = market::Side::bid;
    market::Price price;
    market::QuoteId id = 0;
    bool unpaired = true;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(t, side, price, id, unpaired);
    }
  };

  void observe(Pending& pending, const BookChange& change) const;
  void pair(Pending& pending, Ns t, const BookChange& change, std::int64_t tick_points);
  void add_removals(Ns t, std::uint64_t offset, const BookChange& change);
  void count_refill(Ns t, const BookChange& change);

  TouchRemovalParams params_;
  std::vector<Pending> pending_;  // by time; those before first_ are done
  std::size_t first_ = 0;
  std::vector<RemovedPrice> removed_prices_;  // by time, bounded
  std::vector<char> used_;                    // of the event's additions
  std::vector<RePriced> repriced_;            // by the event
  std::int64_t refilled_bid_ = 0;
  std::int64_t refilled_ask_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace depthwire::analyzer
