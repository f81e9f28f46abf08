#include "services/historical/core/time_ranges.hpp"

#include <iterator>

namespace depthwire::historical {

void TimeRanges::add(const Range& range) {
  if (range.empty()) return;
  auto from = range.from_ms;
  auto until = range.until_ms;
  auto next = ends_.upper_bound(from);
  if (next != ends_.begin() && std::prev(next)->second >= from) {
    --next;
    from = next->first;
  }
  while (next != ends_.end() && next->first <= until) {
    until = std::max(until, next->second);
    next = ends_.erase(next);
  }
  ends_[from] = until;
}

void TimeRanges::remove(const Range& range) {
  if (range.empty()) return;
  auto next = ends_.upper_bound(range.from_ms);
  if (next != ends_.begin() && std::prev(next)->second > range.from_ms) --next;
  while (next != ends_.end() && next->first < range.until_ms) {
    const Range old{next->first, next->second};
    next = ends_.erase(next);
    if (old.from_ms < range.from_ms) ends_[old.from_ms] = range.from_ms;
    if (old.until_ms > range.until_ms) next = ends_.emplace(range.until_ms, old.until_ms).first;
  }
}

std::vector<Range> TimeRanges::missing(const Range& within) const {
  std::vector<Range> gaps;
  auto from = within.from_ms;
  auto next = ends_.upper_bound(from);
  if (next != ends_.begin()) from = std::max(from, std::prev(next)->second);
  for (; next != ends_.end() && next->first < within.until_ms; ++next) {
    gaps.push_back({from, next->first});
    from = next->second;
  }
  gaps.push_back({from, within.until_ms});
  std::erase_if(gaps, [](const Range& gap) { return gap.empty(); });
  return gaps;
}

std::int64_t TimeRanges::missing_ms(const Range& within) const {
  std::int64_t sum = 0;
  for (const auto& gap : missing(within)) sum += gap.length_ms();
  return sum;
}

std::vector<Range> TimeRanges::all() const {
  std::vector<Range> ranges;
  ranges.reserve(ends_.size());
  for (const auto& [from, until] : ends_) ranges.push_back({from, until});
  return ranges;
}

}  // namespace depthwire::historical
