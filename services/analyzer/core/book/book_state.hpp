#pragma once

#include "common/market/types.hpp"
#include "services/analyzer/core/base/output.hpp"
#include "services/analyzer/core/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace depthwire::analyzer {

// Whether a book can be believed (signals.md section 2).

struct BookStateParams {
  Ns warm_up = ns_per_second;
  Ns crossed_for = 500 * ns_per_ms;
  std::size_t unknown_removals = 3;
  Ns unknown_within = 10 * ns_per_second;
  double divergence_spreads = 3.0;
  Ns divergence_for = 2 * ns_per_second;
  Ns calm_for = 5 * ns_per_second;
  Ns stale_after = 10 * ns_per_second;
  double scale_spreads = 20.0;
};

enum class BookPhase : std::uint8_t { empty, warming, live, suspect, stale };

/// What is known about a book and its spot at one time.
struct BookFacts {
  std::optional<market::Price> bid;
  std::optional<market::Price> ask;
  std::optional<market::Price> spot_bid;
  std::optional<std::int64_t> spot_mid_half_points;
  std::optional<std::int64_t> spot_spread_points;
  std::optional<double> median_spread_points;
};

class BookState {
 public:
  explicit BookState(const BookStateParams& params = {}) : params_(params) {}

  /// A depth event was applied.
  void depth(Ns t, const BookFacts& facts, std::uint32_t unknown_removals);
  /// A spot was applied, or time has passed.
  void look(Ns t, const BookFacts& facts);
  /// The book was emptied.
  void reset();

  [[nodiscard]] BookPhase phase() const { return phase_; }
  [[nodiscard]] bool live() const { return phase_ == BookPhase::live && !wrong_scale_; }
  /// Quality of what rests on depth: ok only when live.
  [[nodiscard]] Quality quality() const;
  /// Depth prices are not those of the spots: nothing of this book means anything.
  [[nodiscard]] bool wrong_scale() const { return wrong_scale_; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(phase_, born_, crossed_since_, diverged_since_, unknown_times_, unknown_count_,
            last_trigger_, last_depth_, mid_at_depth_, scale_checked_, wrong_scale_);
  }

 private:
  void check_scale(const BookFacts& facts);
  [[nodiscard]] bool triggered(Ns t, const BookFacts& facts);

  BookStateParams params_;
  BookPhase phase_ = BookPhase::empty;
  std::optional<Ns> born_;
  std::optional<Ns> crossed_since_;
  std::optional<Ns> diverged_since_;
  std::array<Ns, 8> unknown_times_{};  // a ring, newest before next_unknown_
  std::size_t unknown_count_ = 0;
  Ns last_trigger_ = 0;
  Ns last_depth_ = 0;
  std::optional<std::int64_t> mid_at_depth_;  // spot, half points
  bool scale_checked_ = false;
  bool wrong_scale_ = false;
};

}  // namespace depthwire::analyzer
