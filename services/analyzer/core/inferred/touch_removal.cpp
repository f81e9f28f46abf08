#include "services/analyzer/core/inferred/touch_removal.hpp"

#include <algorithm>
#include <cstdlib>

namespace depthwire::analyzer {
namespace {

constexpr std::size_t max_pending = 1'024;
constexpr std::size_t max_removed_prices = 64;

bool better(market::Side side, market::Price a, market::Price b) {
  return side == market::Side::bid ? a > b : a < b;
}

}  // namespace

std::optional<std::size_t> find_reprice(const QuotePart& removed,
                                        std::span<const QuotePart> additions,
                                        std::span<const char> used,
                                        const TouchRemovalParams& params,
                                        std::int64_t tick_points) {
  const std::int64_t size = removed.size.cents;
  std::optional<std::size_t> best;
  std::int64_t best_distance = params.pair_ticks * tick_points + 1;
  for (std::size_t i = 0; i < additions.size(); ++i) {
    const QuotePart& added = additions[i];
    if (used[i] != 0 || added.side != removed.side || added.id == removed.id) continue;
    const std::int64_t difference = std::abs(added.size.cents - size);
    if (100 * difference > params.size_tolerance_pct * size) continue;
    const std::int64_t distance = std::abs(added.price.points - removed.price.points);
    if (distance >= best_distance) continue;
    best = i;
    best_distance = distance;
  }
  return best;
}

void TouchRemoval::step(Ns t, std::uint64_t offset, const BookChange& change,
                        std::int64_t tick_points) {
  used_.assign(change.additions.size(), 0);
  repriced_.clear();
  refilled_bid_ = 0;
  refilled_ask_ = 0;
  if (change.rebuild) return;  // a rebuild's additions are neither re-prices nor refill
  add_removals(t, offset, change);
  // In order of time: an earlier removal has the first choice among the additions.
  for (std::size_t i = first_; i < pending_.size(); ++i) {
    observe(pending_[i], change);
    if (!change.additions.empty()) pair(pending_[i], t, change, tick_points);
  }
  count_refill(t, change);
}

void TouchRemoval::add_removals(Ns t, std::uint64_t offset, const BookChange& change) {
  std::int64_t removed[2] = {0, 0};
  const auto at_touch = [&](const QuotePart& part) {
    const auto& touch = change.before(part.side);
    return touch && touch->price == part.price;
  };
  for (const QuotePart& part : change.removals) {
    if (at_touch(part)) removed[static_cast<std::size_t>(part.side)] += part.size.cents;
  }
  for (const QuotePart& part : change.removals) {
    if (!at_touch(part)) continue;
    if (pending_.size() - first_ >= max_pending) {
      ++dropped_;
      continue;
    }
    const market::Side other = market::opposite(part.side);
    Pending pending{.part = part, .t = t, .offset = offset};
    if (const auto& touch = change.before(other)) pending.opposite_before = touch->price;
    pending.two_sided = 2 * removed[static_cast<std::size_t>(other)] >= part.size.cents;
    pending_.push_back(pending);
    if (removed_prices_.size() == max_removed_prices) {
      removed_prices_.erase(removed_prices_.begin());
    }
    removed_prices_.push_back({t, part.side, part.price, part.id, !pending.two_sided});
  }
}

void TouchRemoval::observe(Pending& pending, const BookChange& change) const {
  const auto& opposite = change.after(market::opposite(pending.part.side));
  const auto& own = change.after(pending.part.side);
  if (opposite && pending.opposite_before &&
      better(market::opposite(pending.part.side), opposite->price, *pending.opposite_before)) {
    pending.advanced = true;
  }
  if (!own || better(pending.part.side, pending.part.price, own->price)) {
    pending.left = true;
  } else if (pending.left) {
    pending.returned = true;
  }
}

void TouchRemoval::pair(Pending& pending, Ns t, const BookChange& change,
                        std::int64_t tick_points) {
  if (pending.paired || t - pending.t > params_.pair_within) return;
  const auto found = find_reprice(pending.part, change.additions, used_, params_, tick_points);
  if (!found) return;
  used_[*found] = 1;
  pending.paired = true;
  repriced_.push_back({pending.part.id, pending.t});
  for (RemovedPrice& removed : removed_prices_) {
    if (removed.id == pending.part.id && removed.t == pending.t) removed.unpaired = false;
  }
}

void TouchRemoval::count_refill(Ns t, const BookChange& change) {
  const auto old = std::find_if(removed_prices_.begin(), removed_prices_.end(),
                                [&](const auto& r) { return r.t > t - params_.refill_within; });
  removed_prices_.erase(removed_prices_.begin(), old);
  for (std::size_t i = 0; i < change.additions.size(); ++i) {
    const QuotePart& added = change.additions[i];
    if (used_[i] != 0) continue;
    const bool removed_there =
        std::any_of(removed_prices_.begin(), removed_prices_.end(), [&](const auto& r) {
          return r.unpaired && r.side == added.side && r.price == added.price;
        });
    if (!removed_there) continue;
    (added.side == market::Side::bid ? refilled_bid_ : refilled_ask_) += added.size.cents;
  }
}

std::optional<Ns> TouchRemoval::next_due() const {
  if (first_ == pending_.size()) return std::nullopt;
  return pending_[first_].t + params_.look_ahead;
}

std::optional<Estimate> TouchRemoval::take_due(Ns t) {
  const auto due = next_due();
  if (!due || *due > t) return std::nullopt;
  const Pending head = pending_[first_];
  Estimate estimate{.t = head.t, .due = *due, .offset = head.offset, .side = head.part.side};
  // The rest of the same side of the same event goes with it.
  std::size_t kept = first_;
  std::size_t i = first_;
  for (; i < pending_.size() && pending_[i].offset == head.offset; ++i) {
    const Pending& pending = pending_[i];
    if (pending.part.side != head.part.side) {
      pending_[kept++] = pending;
      continue;
    }
    const std::int64_t size = pending.part.size.cents;
    estimate.removed += size;
    if (pending.paired || pending.two_sided) continue;
    estimate.unpaired += size;
    const std::int64_t quarters = pending.advanced ? 3 : pending.returned ? 1 : 2;
    estimate.taken_quarters += quarters * size;
  }
  // Those of the other side move up to where the next event begins.
  const std::size_t others = kept - first_;
  for (std::size_t k = 0; k < others; ++k) pending_[i - 1 - k] = pending_[kept - 1 - k];
  first_ = i - others;
  if (first_ == pending_.size()) {
    pending_.clear();
    first_ = 0;
  } else if (first_ > max_pending) {
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
  return estimate;
}

void TouchRemoval::clear() {
  pending_.clear();
  first_ = 0;
  removed_prices_.clear();
  used_.clear();
  repriced_.clear();
  refilled_bid_ = 0;
  refilled_ask_ = 0;
}

}  // namespace depthwire::analyzer
