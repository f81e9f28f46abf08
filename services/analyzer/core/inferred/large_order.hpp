#pragma once

#include "common/market/book.hpp"
#include "services/analyzer/core/base/recent_times.hpp"
#include "services/analyzer/core/base/sorted_window.hpp"
#include "services/analyzer/core/base/time.hpp"
#include "services/analyzer/core/book/book_change.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace depthwire::analyzer {

// S11: quotes and removals far larger than usual. Aggregated levels of several providers are not
// one order. Source: signals.md S11 (industry usage: Bookmap Large Lot Tracker).

struct LargeOrderParams {
  std::size_t minimum = 100;     ///< quotes (removals) in the baseline before anything is outsized
  double quantile = 0.95;        ///< nearest rank; outsized is strictly above
  double median_factor = 3.0;    ///< and at least so many median level sizes
  std::size_t levels = 10;       ///< only quotes this near to the touch
  Ns alive = 500 * ns_per_ms;    ///< a quote must have rested so long
  Ns window = main_window;       ///< in which outsized quotes of a side are counted
  std::size_t baseline = 2'000;  ///< quotes (removals) kept at most, and for an hour at most
};

/// Whether `size` is outsized: strictly above the quantile of `sorted_sizes` (ascending) and at
/// least `median_factor` x `median_level`. False while the baseline is too small.
[[nodiscard]] bool outsized(std::int64_t size, std::span<const std::int64_t> sorted_sizes,
                            double median_level, const LargeOrderParams& params = {});

/// Follows the quotes of one symbol.
class LargeOrder {
 public:
  explicit LargeOrder(const LargeOrderParams& params = {});

  /// Takes a depth event that has been applied to `book`. Quotes of a rebuild feed the baseline but
  /// are never outsized themselves.
  void step(Ns t, const market::Book& book, const BookChange& change);
  /// Takes an estimate of S6: +1 buyers, -1 sellers, `quarters` of cents.
  void removal(Ns t, int sign, std::int64_t quarters);
  /// Forgets quotes and counts; with them the baseline.
  void clear();

  /// Outsized quotes of `side` seen within the window.
  [[nodiscard]] std::size_t quotes(Ns t, market::Side side) const;
  /// Outsized removals of `sign` within the window.
  [[nodiscard]] std::size_t removals(Ns t, int sign) const;
  /// Size in cents of the latest outsized quote or removal for a direction.
  [[nodiscard]] double last_cents(int direction) const;

  /// The size in cents above which a quote is larger than usual; null while the baseline is too
  /// small.
  [[nodiscard]] std::optional<std::int64_t> usual_size() const;
  /// Quotes in the baseline.
  [[nodiscard]] std::size_t n() const { return sizes_.size(); }
  /// Distinct sizes in the baseline, counted up to `limit`.
  [[nodiscard]] std::size_t distinct_sizes(std::size_t limit) const;

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(known_, sizes_, removal_sizes_, quotes_, removals_, last_cents_);
  }

 private:
  struct Known {
    market::QuoteId id = 0;
    Ns born = 0;
    bool counted = false;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(id, born, counted);
    }
  };
  void follow(Ns t, const market::Book& book, const BookChange& change);
  void look(Ns t, const market::Book& book);
  [[nodiscard]] double median_level(const market::Book& book);

  LargeOrderParams params_;
  std::vector<Known> known_;  // every quote of the book
  SortedWindow<std::int64_t> sizes_;
  SortedWindow<std::int64_t> removal_sizes_;
  std::array<RecentTimes, 2> quotes_;    // bid, ask
  std::array<RecentTimes, 2> removals_;  // by buyers, by sellers
  std::array<double, 2> last_cents_{};   // up, down
  std::vector<std::int64_t> scratch_;
};

}  // namespace depthwire::analyzer
