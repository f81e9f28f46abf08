#include "services/analyzer/core/inferred/removals.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace depthwire::analyzer {
namespace {

constexpr std::size_t max_kept = 1'024;
constexpr std::size_t max_forgotten = 128;  // before they are moved out

/// Points from `touch` back to `price`; 0 where there is no touch or the price improves it.
std::int64_t points_behind(market::Side side, const std::optional<market::Level>& touch,
                           market::Price price) {
  if (!touch) return 0;
  const std::int64_t up = price.points - touch->price.points;
  return std::max<std::int64_t>(0, side == market::Side::ask ? up : -up);
}

}  // namespace

void Removals::step(Ns t, const BookChange& change, const TouchRemoval& touch,
                    std::int64_t tick_points) {
  latest_ = 0;
  refills_.clear();
  if (change.rebuild) {
    clear();
    return;
  }
  drop_old(t);
  add(t, change);
  pair(t, change, touch, tick_points);
  refill(t, change);
}

void Removals::drop_old(Ns t) {
  while (first_ < kept_.size() && t - kept_[first_].t > params_.refill_within) ++first_;
  if (first_ == kept_.size()) {
    kept_.clear();
    first_ = 0;
  } else if (first_ > max_forgotten) {
    kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }
}

void Removals::add(Ns t, const BookChange& change) {
  for (const QuotePart& part : change.removals) {
    if (kept_.size() - first_ == max_kept) ++first_;
    kept_.push_back(
        {.part = part,
         .t = t,
         .behind_touch = points_behind(part.side, change.before(part.side), part.price)});
    latest_ = std::min(latest_ + 1, max_kept);
  }
}

void Removals::pair(Ns t, const BookChange& change, const TouchRemoval& touch,
                    std::int64_t tick_points) {
  if (change.additions.empty()) return;
  for (const RePriced& pair : touch.repriced()) {
    for (std::size_t i = first_; i < kept_.size(); ++i) {
      if (kept_[i].part.id == pair.id && kept_[i].t == pair.t) kept_[i].repriced = true;
    }
  }
  used_.assign(touch.used().begin(), touch.used().end());
  // In order of time, as at the touch.
  std::size_t i = kept_.size();
  while (i > first_ && t - kept_[i - 1].t <= pairing_.pair_within) --i;
  for (; i < kept_.size(); ++i) {
    Removal& removal = kept_[i];
    if (removal.repriced || removal.behind_touch == 0) continue;
    const auto found = find_reprice(removal.part, change.additions, used_, pairing_, tick_points);
    if (!found) continue;
    used_[*found] = 1;
    removal.repriced = true;
  }
}

// The first addition at its price answers a removal: a refill, or not one.
void Removals::refill(Ns t, const BookChange& change) {
  for (std::size_t a = 0; a < change.additions.size(); ++a) {
    if (used_[a] != 0) continue;
    const QuotePart& added = change.additions[a];
    const auto from = kept_.begin() + static_cast<std::ptrdiff_t>(first_);
    const auto removal = std::find_if(from, kept_.end(), [&](const Removal& r) {
      return !r.repriced && !r.answered && r.part.side == added.side && r.part.price == added.price;
    });
    if (removal == kept_.end()) continue;
    removal->answered = true;
    const Ns delay = t - removal->t;
    const std::int64_t size = removal->part.size.cents;
    const std::int64_t difference = std::abs(added.size.cents - size);
    if (delay <= params_.refill_after || 100 * difference > params_.size_tolerance_pct * size) {
      continue;
    }
    const std::int64_t behind = points_behind(added.side, change.after(added.side), added.price);
    refills_.push_back({added.side, added.price, removal->part.size, added.size, delay,
                        std::max(removal->behind_touch, behind)});
  }
}

bool Removals::repriced(market::QuoteId id, Ns t) const {
  const auto all = kept();
  const auto from =
      std::lower_bound(all.begin(), all.end(), t, [](const Removal& r, Ns at) { return r.t < at; });
  for (auto i = from; i != all.end() && i->t == t; ++i) {
    if (i->part.id == id) return i->repriced;
  }
  return false;
}

void Removals::clear() {
  kept_.clear();
  first_ = 0;
  latest_ = 0;
  refills_.clear();
  used_.clear();
}

}  // namespace depthwire::analyzer
