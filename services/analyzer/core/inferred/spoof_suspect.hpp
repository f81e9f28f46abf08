#pragma once

#include "common/market/book.hpp"
#include "services/analyzer/core/base/recent_times.hpp"
#include "services/analyzer/core/base/sorted_window.hpp"
#include "services/analyzer/core/base/time.hpp"
#include "services/analyzer/core/book/book_change.hpp"
#include "services/analyzer/core/inferred/removals.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace depthwire::analyzer {

// S14: large quotes that rest off the touch and go as soon as the price comes nearer, and layers
// that come and go together. A descriptive score for review: never an input of trading, never an
// accusation. Source: signals.md S14; Lee, Eom & Park 2013; Cartea, Jaimungal & Wang 2020; Tao et
// al. 2022.

struct SpoofParams {
  std::int64_t min_ticks = 2;  ///< from the touch of its side, when it came
  std::int64_t max_ticks = 10;
  Ns max_life = 2 * ns_per_second;
  double life_quantile = 0.1;    ///< of the lives of the symbol's quotes, nearest rank
  std::int64_t moved_ticks = 1;  ///< by which the mid had come nearer when it went
  std::size_t needed = 3;        ///< of one side within the window
  Ns window = main_window;
  double full_count = 6;               ///< quotes (layers) that make score 1
  std::size_t min_lives = 100;         ///< in the baseline
  std::size_t baseline = 2'000;        ///< lives kept at most, and for an hour at most
  Ns min_median_life = ns_per_second;  ///< below it short life is normal: nothing is told
  std::size_t layers = 3;              ///< prices that make a layering
  Ns layers_added_within = 500 * ns_per_ms;
  Ns layers_deleted_within = 200 * ns_per_ms;
};

/// A quote that was deleted.
struct QuoteLife {
  market::Side side = market::Side::bid;
  market::Size size;
  std::int64_t from_touch = 0;  ///< points behind the touch of its side when it came
  Ns life = 0;
  std::int64_t nearer = 0;  ///< half points that the mid had come towards it when it went
  bool was_touch = false;   ///< at some time
};

/// Whether a quote looks like a spoof: larger than `usual_size` (cents, the 95 % quantile), lived
/// at most `short_life` (the 10 % quantile of lives), and so on as SpoofParams say.
[[nodiscard]] bool looks_like_spoof(const QuoteLife& quote, std::int64_t usual_size, Ns short_life,
                                    std::int64_t tick_points, const SpoofParams& params = {});

/// Follows the quotes of one symbol.
class SpoofSuspect {
 public:
  explicit SpoofSuspect(const SpoofParams& params = {});

  /// Takes a depth event that has been applied to `book`. `usual_size`: the 95 % quantile of sizes
  /// in cents, null while unknown. `tick_points` is the symbol's tick size.
  void step(Ns t, const market::Book& book, const BookChange& change,
            std::optional<std::int64_t> usual_size, std::int64_t tick_points);
  /// Counts what was deleted long enough ago to know whether it was only re-priced: that is no
  /// deletion. `settled_after`: as TouchRemovalParams::pair_within.
  void settle(Ns t, const Removals& removals, Ns settled_after);
  /// Forgets deletions that have not been counted: the book cannot be believed.
  void drop() { deleted_.clear(); }
  /// Forgets quotes and counts; with them the baseline.
  void clear();

  /// Quotes of `side` within the window that look like spoofs; 0 while short life is normal.
  [[nodiscard]] std::size_t spoofs(Ns t, market::Side side) const;
  /// Prices of the latest layering of `side` within the window; 0 as above or when there was none.
  [[nodiscard]] std::size_t layers(Ns t, market::Side side) const;
  /// count / full_count, at most 1.
  [[nodiscard]] double score(std::size_t count) const;

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(known_, lives_, deleted_, spoofs_, gone_, layering_);
  }

 private:
  struct Known {
    market::QuoteId id = 0;
    market::Side side = market::Side::bid;
    market::Price price;
    Ns born = 0;
    std::int64_t from_touch = 0;
    std::optional<std::int64_t> mid;  // half points, when it came
    bool was_touch = false;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(id, side, price, born, from_touch, mid, was_touch);
    }
  };
  /// Waits to be counted.
  struct Deleted {
    market::QuoteId id = 0;
    Ns t = 0;
    Ns born = 0;
    market::Side side = market::Side::bid;
    market::Price price;
    bool spoof = false;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(id, t, born, side, price, spoof);
    }
  };
  struct Layering {
    Ns t = 0;
    std::size_t layers = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(t, layers);
    }
  };

  void remove(Ns t, const QuotePart& part, const BookChange& change,
              std::optional<std::int64_t> usual_size, std::int64_t tick_points);
  void note_touch(const BookChange& change);
  [[nodiscard]] bool enabled() const;
  void look_for_layers(market::Side side);

  SpoofParams params_;
  std::vector<Known> known_;  // every quote of the book whose beginning was seen
  SortedWindow<Ns> lives_;
  std::vector<Deleted> deleted_;  // by time
  std::array<RecentTimes, 2> spoofs_;
  std::array<std::vector<Deleted>, 2> gone_;  // short lives of a side, deleted together
  std::array<Layering, 2> layering_{};
};

}  // namespace depthwire::analyzer
