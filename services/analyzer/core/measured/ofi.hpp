#pragma once

#include "common/market/book.hpp"
#include "services/analyzer/core/base/time.hpp"
#include "services/analyzer/core/base/window_sums.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace depthwire::analyzer {

// S5: order-flow imbalance, what was added to and taken from the best levels. A quote-flow, not a
// trade-flow, measure. Source: signals.md S5; Cont, Kukanov & Stoikov 2014 (arXiv 1011.6402);
// Xu, Gould & Howison 2018 (arXiv 1907.06230).

inline constexpr std::size_t ofi_levels = 5;

/// The best levels of a book from the touch outwards, dust left out.
struct TopLevels {
  std::array<market::Level, ofi_levels> bids;
  std::array<market::Level, ofi_levels> asks;
  std::size_t bid_count = 0;
  std::size_t ask_count = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(bids, asks, bid_count, ask_count);
  }
};

/// Levels smaller than `min_touch` are passed over: a dust quote that flickers is not a touch.
[[nodiscard]] TopLevels top_levels(const market::Book& book, market::Size min_touch);

/// One level's flow of one event, in cents: bids added and asks removed count up.
[[nodiscard]] std::int64_t order_flow(const market::Level& bid_before,
                                      const market::Level& ask_before,
                                      const market::Level& bid_after,
                                      const market::Level& ask_after);

/// First principal component of `rows`, its entries summing to a positive number.
using OfiRow = std::array<float, ofi_levels>;
using OfiWeights = std::array<double, ofi_levels>;
[[nodiscard]] OfiWeights first_component(const std::vector<OfiRow>& rows);

enum class OfiWindow : std::uint8_t { fast, brief, main };  // 1 s, 10 s, 60 s

/// OFI of one symbol over its windows.
class Ofi {
 public:
  Ofi();

  /// Takes the book after a depth event. The first one after a (re)build only sets the ground: it
  /// would count the whole book.
  void step(Ns t, const TopLevels& after);
  /// Lets old events leave the windows and takes the row of one second for the weights.
  void second(Ns t);
  void clear();

  /// Sum of flows at the touch over `window`, in cents.
  [[nodiscard]] std::int64_t sum_cents(OfiWindow window) const;
  /// The sum over the mean of (Qb + Qa) / 2. Null below 2 events.
  [[nodiscard]] std::optional<double> normalised(OfiWindow window) const;
  /// Over the 10 s window, five levels weighted by the first component of the last 30 minutes
  /// (equally until there are 600 rows).
  [[nodiscard]] std::optional<double> multi_level() const;
  [[nodiscard]] std::uint64_t events(OfiWindow window) const;
  [[nodiscard]] std::size_t rows() const { return rows_.size(); }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(before_, touch_, levels_, rows_, next_row_, taken_rows_, weights_);
  }

 private:
  [[nodiscard]] std::optional<double> level(std::size_t window, std::size_t level) const;

  std::optional<TopLevels> before_;
  WindowSums<3, 3> touch_;                // flow, Qb + Qa, events; 1 s, 10 s, 60 s
  WindowSums<3 * ofi_levels, 2> levels_;  // the same of each level; 1 s, 10 s
  std::vector<OfiRow> rows_;              // a ring
  std::size_t next_row_ = 0;
  std::uint64_t taken_rows_ = 0;
  OfiWeights weights_;
};

}  // namespace depthwire::analyzer
