#include "services/analyzer/core/inferred/large_order.hpp"

#include <algorithm>

namespace depthwire::analyzer {
namespace {

std::size_t index(market::Side side) { return side == market::Side::bid ? 0 : 1; }

}  // namespace

bool outsized(std::int64_t size, std::span<const std::int64_t> sorted_sizes, double median_level,
              const LargeOrderParams& params) {
  if (sorted_sizes.empty() || sorted_sizes.size() < params.minimum) return false;
  return size > nearest_rank(sorted_sizes, params.quantile) &&
         static_cast<double>(size) >= params.median_factor * median_level;
}

LargeOrder::LargeOrder(const LargeOrderParams& params)
    : params_(params),
      sizes_(params.baseline, baseline_window),
      removal_sizes_(params.baseline, baseline_window) {}

void LargeOrder::step(Ns t, const market::Book& book, const BookChange& change) {
  follow(t, book, change);
  if (sizes_.size() >= params_.minimum) look(t, book);
}

void LargeOrder::follow(Ns t, const market::Book& book, const BookChange& change) {
  if (change.rebuild) known_.clear();
  for (const QuotePart& part : change.removals) {
    if (book.find(part.id) != nullptr) continue;  // it only shrank
    for (std::size_t i = known_.size(); i > 0; --i) {
      if (known_[i - 1].id != part.id) continue;
      known_.erase(known_.begin() + static_cast<std::ptrdiff_t>(i - 1));
      break;
    }
  }
  for (const QuotePart& part : change.additions) {
    known_.push_back({part.id, t, change.rebuild});
    sizes_.add(t, part.size.cents);
  }
}

void LargeOrder::look(Ns t, const market::Book& book) {
  sizes_.evict(t);
  if (sizes_.size() < params_.minimum) return;
  const std::int64_t usual = nearest_rank(sizes_.sorted(), params_.quantile);
  double median = -1;
  for (const market::Quote& quote : book.quotes()) {
    if (quote.size.cents <= usual) continue;
    if (median < 0) median = median_level(book);
    if (!outsized(quote.size.cents, sizes_.sorted(), median, params_)) continue;
    const auto levels = book.levels_to_touch(quote.side);
    const auto& last = levels[levels.size() - std::min(levels.size(), params_.levels)];
    const bool near =
        quote.side == market::Side::bid ? quote.price >= last.price : quote.price <= last.price;
    if (!near) continue;
    const auto known = std::find_if(known_.rbegin(), known_.rend(),
                                    [&](const Known& k) { return k.id == quote.id; });
    if (known == known_.rend() || known->counted || t - known->born < params_.alive) continue;
    known->counted = true;
    quotes_[index(quote.side)].add(t);
    last_cents_[index(quote.side)] = static_cast<double>(quote.size.cents);
  }
}

void LargeOrder::removal(Ns t, int sign, std::int64_t quarters) {
  if (quarters <= 0) return;
  removal_sizes_.add(t, quarters);
  if (removal_sizes_.size() < params_.minimum ||
      quarters <= nearest_rank(removal_sizes_.sorted(), params_.quantile)) {
    return;
  }
  const std::size_t direction = sign > 0 ? 0 : 1;
  removals_[direction].add(t);
  last_cents_[direction] = 0.25 * static_cast<double>(quarters);
}

void LargeOrder::clear() {
  known_.clear();
  sizes_.clear();
  removal_sizes_.clear();
  quotes_ = {};
  removals_ = {};
  last_cents_ = {};
}

std::size_t LargeOrder::quotes(Ns t, market::Side side) const {
  return quotes_[index(side)].within(t, params_.window);
}

std::size_t LargeOrder::removals(Ns t, int sign) const {
  return removals_[sign > 0 ? 0 : 1].within(t, params_.window);
}

std::optional<std::int64_t> LargeOrder::usual_size() const {
  if (sizes_.size() < params_.minimum) return std::nullopt;
  return nearest_rank(sizes_.sorted(), params_.quantile);
}

double LargeOrder::last_cents(int direction) const { return last_cents_[direction > 0 ? 0 : 1]; }

std::size_t LargeOrder::distinct_sizes(std::size_t limit) const {
  const auto sorted = sizes_.sorted();
  std::size_t count = 0;
  auto at = sorted.begin();
  while (at != sorted.end() && count < limit) {
    at = std::upper_bound(at, sorted.end(), *at);
    ++count;
  }
  return count;
}

double LargeOrder::median_level(const market::Book& book) {
  scratch_.clear();
  for (const market::Side side : {market::Side::bid, market::Side::ask}) {
    const auto levels = book.levels_to_touch(side);
    for (const auto& level : levels.last(std::min(levels.size(), params_.levels))) {
      scratch_.push_back(level.size.cents);
    }
  }
  std::sort(scratch_.begin(), scratch_.end());
  return median_of<std::int64_t>(scratch_);
}

}  // namespace depthwire::analyzer
