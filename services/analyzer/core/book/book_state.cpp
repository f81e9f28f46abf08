#include "services/analyzer/core/book/book_state.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace depthwire::analyzer {

void BookState::depth(Ns t, const BookFacts& facts, std::uint32_t unknown_removals) {
  if (!born_) born_ = t;
  last_depth_ = t;
  mid_at_depth_ = facts.spot_mid_half_points;
  for (std::uint32_t i = 0; i < std::min<std::uint32_t>(unknown_removals, 8); ++i) {
    unknown_times_[unknown_count_++ % unknown_times_.size()] = t;
  }
  if (phase_ == BookPhase::stale) phase_ = BookPhase::live;
  look(t, facts);
}

void BookState::look(Ns t, const BookFacts& facts) {
  if (!born_) return;
  check_scale(facts);
  if (phase_ == BookPhase::empty) phase_ = BookPhase::warming;
  if (phase_ == BookPhase::warming && facts.bid && facts.ask && t - *born_ >= params_.warm_up) {
    phase_ = BookPhase::live;
  }
  if (phase_ == BookPhase::warming) return;

  if (triggered(t, facts)) {
    last_trigger_ = t;
    if (phase_ == BookPhase::live) phase_ = BookPhase::suspect;
  } else if (phase_ == BookPhase::suspect && t - last_trigger_ >= params_.calm_for) {
    phase_ = BookPhase::live;
  }
  if (t - last_depth_ >= params_.stale_after && facts.spot_mid_half_points && mid_at_depth_ &&
      facts.spot_spread_points) {
    const std::int64_t moved = std::abs(*facts.spot_mid_half_points - *mid_at_depth_);
    if (moved > 2 * *facts.spot_spread_points) phase_ = BookPhase::stale;
  }
}

void BookState::reset() {
  const BookStateParams params = params_;
  *this = BookState(params);
}

Quality BookState::quality() const {
  if (wrong_scale_) return Quality::invalid;
  switch (phase_) {
    case BookPhase::empty:
    case BookPhase::warming: return Quality::warming;
    case BookPhase::live: return Quality::ok;
    case BookPhase::suspect:
    case BookPhase::stale: return Quality::invalid;
  }
  return Quality::invalid;
}

void BookState::check_scale(const BookFacts& facts) {
  if (scale_checked_ || !facts.bid || !facts.spot_bid || !facts.spot_spread_points) return;
  scale_checked_ = true;
  const auto distance = static_cast<double>(std::abs(facts.bid->points - facts.spot_bid->points));
  wrong_scale_ = distance > params_.scale_spreads * static_cast<double>(*facts.spot_spread_points);
}

bool BookState::triggered(Ns t, const BookFacts& facts) {
  const bool crossed = facts.bid && facts.ask && *facts.bid >= *facts.ask;
  if (!crossed) crossed_since_.reset();
  if (crossed && !crossed_since_) crossed_since_ = t;

  bool diverged = false;
  if (facts.bid && facts.ask && facts.spot_mid_half_points && facts.median_spread_points) {
    const std::int64_t mid = facts.bid->points + facts.ask->points;
    const double apart = 0.5 * static_cast<double>(std::abs(mid - *facts.spot_mid_half_points));
    diverged = apart > params_.divergence_spreads * *facts.median_spread_points;
  }
  if (!diverged) diverged_since_.reset();
  if (diverged && !diverged_since_) diverged_since_ = t;

  bool many_unknown = false;
  if (unknown_count_ >= params_.unknown_removals) {
    const std::size_t oldest = unknown_count_ - params_.unknown_removals;
    many_unknown = unknown_times_[oldest % unknown_times_.size()] > t - params_.unknown_within;
  }
  return (crossed_since_ && t - *crossed_since_ > params_.crossed_for) ||
         (diverged_since_ && t - *diverged_since_ > params_.divergence_for) || many_unknown;
}

}  // namespace depthwire::analyzer
