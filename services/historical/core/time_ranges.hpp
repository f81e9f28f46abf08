#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

namespace depthwire::historical {

/// Times from `from_ms` until before `until_ms`, Unix ms.
struct Range {
  std::int64_t from_ms = 0;
  std::int64_t until_ms = 0;

  [[nodiscard]] bool empty() const { return until_ms <= from_ms; }
  [[nodiscard]] std::int64_t length_ms() const { return empty() ? 0 : until_ms - from_ms; }
  [[nodiscard]] bool contains(std::int64_t time_ms) const {
    return from_ms <= time_ms && time_ms < until_ms;
  }
  bool operator==(const Range&) const = default;
};

/// What both have; empty where they do not meet.
[[nodiscard]] inline Range common(const Range& a, const Range& b) {
  return {std::max(a.from_ms, b.from_ms), std::min(a.until_ms, b.until_ms)};
}

/// A set of times, kept as few ranges: neighbours become one.
class TimeRanges {
 public:
  /// An empty range changes nothing.
  void add(const Range& range);
  void remove(const Range& range);

  /// What `within` has and the set has not, oldest first.
  [[nodiscard]] std::vector<Range> missing(const Range& within) const;
  /// How much of `within` the set has not.
  [[nodiscard]] std::int64_t missing_ms(const Range& within) const;
  /// The ranges, oldest first.
  [[nodiscard]] std::vector<Range> all() const;
  [[nodiscard]] bool empty() const { return ends_.empty(); }

  bool operator==(const TimeRanges&) const = default;

 private:
  std::map<std::int64_t, std::int64_t> ends_;  // by beginning; they neither overlap nor touch
};

}  // namespace depthwire::historical
