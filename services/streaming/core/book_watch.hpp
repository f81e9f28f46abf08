#pragma once

#include "common/market/book.hpp"
#include "services/streaming/core/recent_values.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace depthwire::streaming {

/// Watches whether the book of one symbol can be what the broker means. Times are receive times in
/// nanoseconds. Source: signals.md 2.
///
/// A book becomes suspect when it is crossed for more than 500 ms, when 3 unknown ids are removed
/// within 10 s, or when its mid is more than 3 median spreads from the spots' for more than 2 s; it
/// is trusted again after 5 s without any of that. Subscribing anew, which empties it, is due after
/// 30 s of suspicion, or after 1800 s without a depth event while spots come.
class BookWatch {
 public:
  /// How long suspicion lasts until subscribing anew is due.
  static constexpr std::chrono::nanoseconds usual_patience = std::chrono::seconds{30};

  explicit BookWatch(std::chrono::nanoseconds patience = usual_patience) : patience_{patience} {}

  /// A depth event was applied.
  void depth(std::int64_t time_ns, const market::Book& book, std::uint32_t unknown_removals);
  /// A spot came; an absent side did not change.
  void spot(std::int64_t time_ns, const market::Spot& spot);
  /// The book was emptied on purpose: all begins anew.
  void reset(std::int64_t time_ns);

  [[nodiscard]] bool suspect() const { return suspect_since_.has_value(); }
  /// Of the spots, in points; 0 before the first, else at least 1.
  [[nodiscard]] std::int64_t median_spread() const { return median_spread_; }
  /// Since when the book is crossed, if it is.
  [[nodiscard]] std::optional<std::int64_t> crossed_since() const { return crossed_since_; }
  /// True when the symbol should be subscribed anew; `time_ns` is now.
  [[nodiscard]] bool is_due(std::int64_t time_ns) const;

 private:
  static constexpr std::size_t removals_kept = 3;

  using Time = std::optional<std::int64_t>;

  void judge(std::int64_t time_ns);
  void note_spread(std::int64_t points);

  std::chrono::nanoseconds patience_;
  Time depth_mid_;  // half points
  Time spot_mid_;   // half points
  std::optional<market::Price> bid_, ask_;
  RecentValues spreads_;  // points
  std::uint64_t spread_count_ = 0;
  std::int64_t median_spread_ = 0;
  Time crossed_since_;
  Time apart_since_;
  std::array<Time, removals_kept> removals_;  // times of the newest unknown ones, oldest first
  Time suspect_since_;
  std::int64_t last_trigger_ = 0;
  Time last_depth_;  // or the reset
  std::int64_t last_spot_ = 0;
};

}  // namespace depthwire::streaming
