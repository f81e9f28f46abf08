#include "services/analyzer/core/inferred/spoof_suspect.hpp"

#include <algorithm>

namespace depthwire::analyzer {
namespace {

constexpr std::size_t max_deleted = 256;
constexpr std::size_t max_gone = 32;  // of one side within 200 ms

std::optional<std::int64_t> mid_of(const std::optional<market::Level>& bid,
                                   const std::optional<market::Level>& ask) {
  if (!bid || !ask) return std::nullopt;
  return bid->price.points + ask->price.points;
}

}  // namespace

bool looks_like_spoof(const QuoteLife& quote, std::int64_t usual_size, Ns short_life,
                      std::int64_t tick_points, const SpoofParams& params) {
  return quote.size.cents > usual_size && !quote.was_touch &&
         quote.from_touch >= params.min_ticks * tick_points &&
         quote.from_touch <= params.max_ticks * tick_points && quote.life <= params.max_life &&
         quote.life <= short_life && quote.nearer >= 2 * params.moved_ticks * tick_points;
}

SpoofSuspect::SpoofSuspect(const SpoofParams& params)
    : params_(params), lives_(params.baseline, baseline_window) {}

void SpoofSuspect::step(Ns t, const market::Book& book, const BookChange& change,
                        std::optional<std::int64_t> usual_size, std::int64_t tick_points) {
  if (change.rebuild) {
    known_.clear();  // of what was there before nobody knows how long it lived
    deleted_.clear();
    return;
  }
  for (const QuotePart& part : change.removals) {
    if (book.find(part.id) == nullptr) remove(t, part, change, usual_size, tick_points);
  }
  const auto mid = mid_of(change.bid_after, change.ask_after);
  for (const QuotePart& part : change.additions) {
    const auto& touch = change.after(part.side);  // there is one: at least this quote
    const std::int64_t up = part.price.points - touch->price.points;
    const std::int64_t behind = part.side == market::Side::ask ? up : -up;
    known_.push_back({part.id, part.side, part.price, t, behind, mid, false});
  }
  note_touch(change);
}

void SpoofSuspect::remove(Ns t, const QuotePart& part, const BookChange& change,
                          std::optional<std::int64_t> usual_size, std::int64_t tick_points) {
  // The youngest go first: look from behind.
  std::size_t i = known_.size();
  while (i > 0 && known_[i - 1].id != part.id) --i;
  if (i == 0) return;
  const Known known = known_[i - 1];
  known_.erase(known_.begin() + static_cast<std::ptrdiff_t>(i - 1));

  QuoteLife quote{.side = part.side,
                  .size = part.size,
                  .from_touch = known.from_touch,
                  .life = t - known.born,
                  .was_touch = known.was_touch};
  const auto mid = mid_of(change.bid_before, change.ask_before);
  if (mid && known.mid) {
    quote.nearer = part.side == market::Side::ask ? *mid - *known.mid : *known.mid - *mid;
  }
  lives_.evict(t);
  // A life is not in its own baseline.
  const bool spoof =
      usual_size && enabled() &&
      looks_like_spoof(quote, *usual_size, nearest_rank(lives_.sorted(), params_.life_quantile),
                       tick_points, params_);
  lives_.add(t, quote.life);
  if (quote.was_touch || quote.life > params_.max_life) return;
  if (deleted_.size() == max_deleted) deleted_.erase(deleted_.begin());
  deleted_.push_back({part.id, t, known.born, part.side, part.price, spoof});
}

void SpoofSuspect::note_touch(const BookChange& change) {
  for (const QuotePart& part : change.moved) {
    const auto known =
        std::find_if(known_.begin(), known_.end(), [&](const Known& k) { return k.id == part.id; });
    if (known == known_.end()) continue;
    known->side = part.side;
    known->price = part.price;
  }
  // Where neither the touch nor what is there is another one, all of it has been noted.
  const auto same = [&](market::Side side) {
    const auto& before = change.before(side);
    const auto& after = change.after(side);
    return before && after && before->price == after->price;
  };
  const bool settled = same(market::Side::bid) && same(market::Side::ask);
  if (settled && change.additions.empty() && change.moved.empty()) return;
  for (Known& known : known_) {
    const auto& touch = change.after(known.side);
    if (touch && touch->price == known.price) known.was_touch = true;
  }
}

void SpoofSuspect::settle(Ns t, const Removals& removals, Ns settled_after) {
  std::size_t done = 0;
  for (; done < deleted_.size() && t - deleted_[done].t > settled_after; ++done) {
    const Deleted& quote = deleted_[done];
    if (removals.repriced(quote.id, quote.t)) continue;
    const auto side = static_cast<std::size_t>(quote.side);
    if (quote.spoof) spoofs_[side].add(quote.t);
    if (!enabled()) continue;
    auto& gone = gone_[side];
    std::erase_if(gone, [&](const Deleted& other) {
      return quote.t - other.t > params_.layers_deleted_within;
    });
    if (gone.size() == max_gone) gone.erase(gone.begin());
    gone.push_back(quote);
    look_for_layers(quote.side);
  }
  deleted_.erase(deleted_.begin(), deleted_.begin() + static_cast<std::ptrdiff_t>(done));
}

void SpoofSuspect::look_for_layers(market::Side side) {
  const auto& gone = gone_[static_cast<std::size_t>(side)];
  // The last deletion is one of the layers, or has been looked at before.
  if (gone.size() < params_.layers) return;
  const Deleted& last = gone.back();
  for (const Deleted& first : gone) {
    std::array<market::Price, max_gone> prices{};
    std::size_t count = 0;
    for (const Deleted& one : gone) {
      if (one.born < first.born || one.born - first.born > params_.layers_added_within) continue;
      const auto end = prices.begin() + static_cast<std::ptrdiff_t>(count);
      if (std::find(prices.begin(), end, one.price) == end) prices[count++] = one.price;
    }
    if (count < params_.layers) continue;
    Layering& found = layering_[static_cast<std::size_t>(side)];
    // The same deletions, or others of their time, may make it larger.
    const bool same = last.t - found.t <= params_.layers_deleted_within;
    found = {last.t, same ? std::max(found.layers, count) : count};
  }
}

bool SpoofSuspect::enabled() const {
  return lives_.size() >= params_.min_lives &&
         median_of(lives_.sorted()) >= static_cast<double>(params_.min_median_life);
}

std::size_t SpoofSuspect::spoofs(Ns t, market::Side side) const {
  if (!enabled()) return 0;
  return spoofs_[static_cast<std::size_t>(side)].within(t, params_.window);
}

std::size_t SpoofSuspect::layers(Ns t, market::Side side) const {
  const Layering& found = layering_[static_cast<std::size_t>(side)];
  return enabled() && found.t > t - params_.window ? found.layers : 0;
}

double SpoofSuspect::score(std::size_t count) const {
  return std::min(1.0, static_cast<double>(count) / params_.full_count);
}

void SpoofSuspect::clear() {
  known_.clear();
  lives_.clear();
  deleted_.clear();
  spoofs_ = {};
  for (auto& gone : gone_) gone.clear();
  layering_ = {};
}

}  // namespace depthwire::analyzer
