#include "services/streaming/core/book_watch.hpp"

#include <algorithm>
#include <cstdlib>

namespace depthwire::streaming {
namespace {

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t seconds = 1'000 * ms;
constexpr std::int64_t crossed_for = 500 * ms;
constexpr std::int64_t apart_for = 2 * seconds;
constexpr std::int64_t removals_within = 10 * seconds;
constexpr std::int64_t calm_for = 5 * seconds;
constexpr std::int64_t silent_for = 1'800 * seconds;
constexpr std::int64_t spreads_apart = 3;

/// Begins or ends a span of time in which `holds`.
void follow(std::optional<std::int64_t>& since, bool holds, std::int64_t time_ns) {
  if (!holds) {
    since.reset();
  } else if (!since) {
    since = time_ns;
  }
}

bool longer_than(const std::optional<std::int64_t>& since, std::int64_t span,
                 std::int64_t time_ns) {
  return since && time_ns - *since > span;
}

}  // namespace

void BookWatch::depth(std::int64_t time_ns, const market::Book& book,
                      std::uint32_t unknown_removals) {
  last_depth_ = time_ns;
  const auto bids = book.levels_to_touch(market::Side::bid);
  const auto asks = book.levels_to_touch(market::Side::ask);
  const bool both = !bids.empty() && !asks.empty();
  follow(crossed_since_, both && bids.back().price >= asks.back().price, time_ns);
  depth_mid_ = book.mid_half_points();
  for (auto n = std::min<std::uint32_t>(unknown_removals, removals_kept); n > 0; --n) {
    std::rotate(removals_.begin(), removals_.begin() + 1, removals_.end());
    removals_.back() = time_ns;
  }
  judge(time_ns);
}

void BookWatch::spot(std::int64_t time_ns, const market::Spot& spot) {
  last_spot_ = time_ns;
  if (spot.bid) bid_ = spot.bid;
  if (spot.ask) ask_ = spot.ask;
  if (bid_ && ask_) {
    spot_mid_ = bid_->points + ask_->points;
    note_spread(ask_->points - bid_->points);
  }
  judge(time_ns);
}

void BookWatch::note_spread(std::int64_t points) {
  spreads_.add(points);
  // Once in a while is enough: the median moves slowly, and sorting costs.
  if (spread_count_++ % 10 == 0) median_spread_ = std::max<std::int64_t>(spreads_.median(), 1);
}

void BookWatch::judge(std::int64_t time_ns) {
  // Mids are in half points, the spread in points.
  const bool known = depth_mid_ && spot_mid_ && median_spread_ > 0;
  const bool apart =
      known && std::abs(*depth_mid_ - *spot_mid_) > 2 * spreads_apart * median_spread_;
  follow(apart_since_, apart, time_ns);
  const bool removed = removals_.front() && time_ns - *removals_.front() <= removals_within;
  if (removed || longer_than(crossed_since_, crossed_for, time_ns) ||
      longer_than(apart_since_, apart_for, time_ns)) {
    last_trigger_ = time_ns;
    if (!suspect_since_) suspect_since_ = time_ns;
  } else if (suspect_since_ && time_ns - last_trigger_ >= calm_for) {
    suspect_since_.reset();
  }
}

void BookWatch::reset(std::int64_t time_ns) {
  *this = BookWatch(patience_);
  last_depth_ = time_ns;
  last_spot_ = time_ns;
}

bool BookWatch::is_due(std::int64_t time_ns) const {
  const bool silent = last_depth_ && last_spot_ - *last_depth_ > silent_for;
  return silent || longer_than(suspect_since_, patience_.count(), time_ns);
}

}  // namespace depthwire::streaming
