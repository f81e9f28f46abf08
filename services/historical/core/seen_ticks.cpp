#include "services/historical/core/seen_ticks.hpp"

#include <algorithm>
#include <limits>

namespace depthwire::historical {
namespace {

/// More than that are kept apart only when many gaps in turn could not be mended.
constexpr std::size_t most_spans = 64;

/// Ticks of a millisecond that is told to the end.
constexpr std::size_t all_of_it = std::numeric_limits<std::size_t>::max() / 2;

}  // namespace

void SeenTicks::begin(std::optional<std::int64_t> bound_ms) {
  end();
  // Nothing was ever seen of a span without a beginning.
  if (!spans_.empty() && !spans_.back().from_ms) spans_.pop_back();
  if (spans_.size() == most_spans) {
    spans_.erase(spans_.begin());
    if (gap_from_ > 0) --gap_from_;
  }
  Span span{.from_ms = bound_ms};
  if (bound_ms) span.until.fill({*bound_ms, 0});
  spans_.push_back(span);
}

void SeenTicks::see(std::int64_t time_ms, const std::array<bool, sides>& carried) {
  if (spans_.empty() || !spans_.back().open) begin(std::nullopt);
  auto& span = spans_.back();
  // The clock that told the bound may have been ahead.
  if (!span.from_ms || time_ms < *span.from_ms) {
    if (!span.from_ms) span.until.fill({time_ms, 0});
    span.from_ms = time_ms;
    span.from_seen = {};
  }
  for (std::size_t side = 0; side < sides; ++side) {
    if (!carried.at(side)) continue;
    auto& until = span.until.at(side);
    if (time_ms == *span.from_ms) ++span.from_seen.at(side);
    if (time_ms > until.time_ms) until = {time_ms, 0};
    if (time_ms == until.time_ms) ++until.seen;
  }
}

void SeenTicks::end() {
  if (!spans_.empty()) spans_.back().open = false;
}

std::optional<std::int64_t> SeenTicks::newest_ms() const {
  std::optional<std::int64_t> newest;
  for (const auto& span : spans_) {
    if (!span.from_ms) continue;
    for (const auto& edge : span.until)
      newest = std::max(newest.value_or(edge.time_ms), edge.time_ms);
  }
  return newest;
}

std::optional<Range> SeenTicks::gap(std::size_t side) const {
  if (gap_from_ + 1 >= spans_.size() || !spans_.back().from_ms) return std::nullopt;
  const auto& before = spans_[gap_from_];
  const auto last = before.until.at(side).time_ms;
  // Of the millisecond of a subscription nobody can tell what came after its end.
  return Range{last == *before.from_ms ? last + 1 : last, *spans_.back().from_ms + 1};
}

/// Narrows [`first`, `last`), the ticks of one millisecond that no span has, by `span`.
void SeenTicks::narrow(const Span& span, std::size_t side, std::int64_t time_ms, std::size_t& first,
                       std::size_t& last) {
  if (!span.from_ms) return;
  const auto& until = span.until.at(side);
  if (time_ms == *span.from_ms) {
    last -= std::min(last, span.from_seen.at(side));
  } else if (time_ms > *span.from_ms && (span.open || time_ms < until.time_ms)) {
    last = 0;
  } else if (time_ms == until.time_ms && time_ms > *span.from_ms) {
    first = std::max(first, until.seen);
  }
}

template <class Spans>
std::vector<PastTick> SeenTicks::outside(const Spans& spans, const std::vector<PastTick>& ticks,
                                         std::size_t side) {
  std::vector<PastTick> found;
  for (auto at = ticks.begin(); at != ticks.end();) {
    const auto time_ms = at->time_ms;
    const auto end =
        std::find_if(at, ticks.end(), [&](const auto& tick) { return tick.time_ms != time_ms; });
    std::size_t first = 0;
    auto last = static_cast<std::size_t>(end - at);
    for (const Span& span : spans) narrow(span, side, time_ms, first, last);
    for (; first < last; ++first) found.push_back(at[static_cast<std::ptrdiff_t>(first)]);
    at = end;
  }
  return found;
}

std::vector<PastTick> SeenTicks::unseen(const std::vector<PastTick>& ticks,
                                        std::size_t side) const {
  return outside(spans_, ticks, side);
}

std::vector<PastTick> SeenTicks::between(const std::vector<PastTick>& ticks,
                                         std::size_t side) const {
  if (!gap(side)) return {};
  return outside(std::array{spans_[gap_from_], spans_.back()}, ticks, side);
}

std::int64_t SeenTicks::horizon_ms() const {
  if (spans_.empty() || !spans_.back().open) return std::numeric_limits<std::int64_t>::max();
  if (spans_.back().from_ms) return *spans_.back().from_ms;
  return newest_ms().value_or(std::numeric_limits<std::int64_t>::max());
}

void SeenTicks::mend() {
  if (gap_from_ + 1 >= spans_.size()) return;
  auto& first = spans_[gap_from_];
  first.until = spans_.back().until;
  for (auto& until : first.until) {
    if (until.time_ms == *spans_.back().from_ms) until.seen = all_of_it;
  }
  first.open = spans_.back().open;
  spans_.resize(gap_from_ + 1);
}

void SeenTicks::give_up() { gap_from_ = spans_.empty() ? 0 : spans_.size() - 1; }

}  // namespace depthwire::historical
