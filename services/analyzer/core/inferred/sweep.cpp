#include "services/analyzer/core/inferred/sweep.hpp"

#include <algorithm>

namespace depthwire::analyzer {
namespace {

constexpr std::size_t max_begun = 256;  // within 250 ms
constexpr std::array<market::Side, 2> sides = {market::Side::bid, market::Side::ask};

}  // namespace

bool sweep_failed(std::int64_t before, std::int64_t after, std::int64_t now,
                  const SweepParams& params) {
  const auto move = static_cast<double>(after - before);
  const auto back = static_cast<double>(after - now);
  if (move == 0) return false;
  return back / move >= params.failed_share;
}

void Sweep::step(Ns t, const market::Book& book, const BookChange& change,
                 std::span<const Removal> removed) {
  const bool at_touch = std::any_of(removed.begin(), removed.end(),
                                    [](const Removal& r) { return r.behind_touch == 0; });
  if (at_touch && begun_.size() < max_begun) {
    Begun begun{.t = t, .ladders = before_};
    if (change.bid_before && change.ask_before) {
      begun.mid = change.bid_before->price.points + change.ask_before->price.points;
    }
    begun_.push_back(begun);
  }
  for (std::size_t s = 0; s < sides.size(); ++s) {
    const auto levels = book.levels_to_touch(sides[s]);
    before_[s].count = std::min(levels.size(), max_levels);
    for (std::size_t i = 0; i < before_[s].count; ++i) {
      before_[s].levels[i] = levels[levels.size() - 1 - i];
    }
  }
}

Sweep::Lost Sweep::lost(const Begun& begun, market::Side side,
                        std::span<const Removal> kept) const {
  const Ladder& ladder = begun.ladders[static_cast<std::size_t>(side)];
  const auto from = std::lower_bound(kept.begin(), kept.end(), begun.t,
                                     [](const Removal& r, Ns t) { return r.t < t; });
  Lost lost;
  for (std::size_t i = 0; i < ladder.count; ++i) {
    const market::Level& level = ladder.levels[i];
    std::int64_t gone = 0;
    for (auto r = from; r != kept.end() && r->t <= begun.t + params_.within; ++r) {
      if (r->repriced || r->part.side != side || r->part.price != level.price) continue;
      gone += r->part.size.cents;
    }
    if (gone < level.size.cents) break;
    ++lost.levels;
    lost.cents += level.size.cents;
    lost.last = level.price;
  }
  return lost;
}

std::optional<Swept> Sweep::judge(Ns t, std::span<const Removal> kept,
                                  std::optional<market::Price> spot_bid,
                                  std::optional<market::Price> spot_ask) {
  while (!begun_.empty() && begun_.front().t < t) begun_.erase(begun_.begin());
  if (begun_.empty() || begun_.front().t != t) return std::nullopt;
  const Begun begun = begun_.front();
  begun_.erase(begun_.begin());
  // What went within the time of one that was found is a part of it.
  if (last_found_ && begun.t <= *last_found_ + params_.within) return std::nullopt;

  const Lost bids = lost(begun, market::Side::bid, kept);
  const Lost asks = lost(begun, market::Side::ask, kept);
  const bool asks_swept = asks.levels >= params_.min_levels && spot_ask && *spot_ask > asks.last;
  const bool bids_swept = bids.levels >= params_.min_levels && spot_bid && *spot_bid < bids.last;
  if (!asks_swept && !bids_swept) return std::nullopt;

  last_found_ = begun.t;
  Swept swept{.t = begun.t, .mid_before = begun.mid};
  if (asks_swept && 2 * bids.levels < asks.levels) {
    swept.direction = 1;
    swept.levels = asks.levels;
    swept.cents = asks.cents;
  } else if (bids_swept && 2 * asks.levels < bids.levels) {
    swept.direction = -1;
    swept.levels = bids.levels;
    swept.cents = bids.cents;
  } else {
    swept.levels = bids.levels + asks.levels;
    swept.cents = bids.cents + asks.cents;
  }
  swept.strength = std::min(1.0, static_cast<double>(swept.levels) / params_.full_levels);
  return swept;
}

void Sweep::clear() {
  before_ = {};
  begun_.clear();
  last_found_.reset();
}

}  // namespace depthwire::analyzer
