#pragma once

#include "common/market/types.hpp"
#include "services/streaming/core/book_watch.hpp"
#include "services/streaming/core/crossed_watch.hpp"
#include "services/streaming/core/duplicate_watch.hpp"
#include "services/streaming/core/minute_count.hpp"
#include "services/streaming/core/outlier_watch.hpp"
#include "services/streaming/core/silence.hpp"
#include "services/streaming/core/trading_hours.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::streaming {

/// When what the broker sends is told to be of bad quality.
struct QualityLimits {
  std::chrono::nanoseconds spot_silence = std::chrono::minutes{2};   ///< 0: not judged
  std::chrono::nanoseconds depth_silence = std::chrono::minutes{2};  ///< 0: not judged
  OutlierLimits outlier;
};

/// What is counted, per symbol. The names of records: to_string().
enum class Check : std::uint8_t {
  stale,
  gap,
  crossed,
  duplicate,
  outlier,
  book_suspect,
  refused_depth,
};
inline constexpr std::size_t check_count = 7;

[[nodiscard]] std::string_view to_string(Check check);

using CheckCounts = std::array<std::uint64_t, check_count>;

/// What a data_quality record says.
struct Finding {
  std::string_view check;  ///< a Check, or that one is over: uncrossed, book_trusted
  std::string detail;
  double value = 0;
  std::int64_t since_ns = 0;  ///< when what it tells of began
};
using Findings = std::vector<Finding>;

/// Judges what comes of one symbol, spots and depth, beside what BookWatch says of its book. It
/// outlives subscriptions, so that the time between two of them is known to be a gap. Times are
/// receive times in nanoseconds; findings are appended. Each event costs a few comparisons, and
/// nothing is allocated unless something is found.
class SymbolQuality {
 public:
  explicit SymbolQuality(const QualityLimits& limits)
      : spots_{limits.spot_silence}, depth_{limits.depth_silence}, outliers_{limits.outlier} {}

  /// Without, nothing is known to be open, and no silence is told.
  void set_hours(TradingHours hours) { hours_ = std::move(hours); }
  /// Spots are subscribed: the broker answers that with one.
  void expect_spots(std::int64_t time_ns) { spots_.expect(time_ns); }
  /// The connection was lost, and all subscriptions with it.
  void interrupt();
  /// The symbol is let go: nothing is due any more.
  void forget();

  /// `watch` does not know of this spot yet.
  void spot(std::int64_t time_ns, const market::Spot& spot, const BookWatch& watch,
            Findings& findings);
  /// A depth event came. True when it is one that was sent twice.
  [[nodiscard]] bool depth(std::int64_t time_ns, const market::DepthUpdate& update,
                           Findings& findings);
  /// It was applied; `update` is left with any content.
  void applied(std::int64_t time_ns, market::DepthUpdate& update) {
    duplicates_.keep(time_ns, update);
  }
  /// No book can take it.
  void refused(std::int64_t time_ns, std::string_view why, Findings& findings);
  /// Looks at a book after each event of its symbol, and whenever it was emptied.
  void book(std::int64_t time_ns, const BookWatch& watch, Findings& findings);
  void book_emptied() { duplicates_.forget(); }
  /// To be called about every second: what is told of an event that does not come.
  void look(std::int64_t time_ns, Findings& findings);

  [[nodiscard]] const CheckCounts& counts() const { return counts_; }

 private:
  void count(Check check) { ++counts_[static_cast<std::size_t>(check)]; }
  void tell_stale(const SilentTime& silent, std::string_view stream, Findings& findings);
  void tell_gap(const SilentTime& silent, std::string_view stream, Findings& findings);
  void tell_jump(std::int64_t time_ns, const Jump& jump, Findings& findings);
  void tell_duplicates(std::int64_t time_ns, Findings& findings);
  void judge_depth_by_spots(std::int64_t time_ns, std::int64_t median_spread, Findings& findings);

  TradingHours hours_;
  Silence spots_, depth_;
  OutlierWatch outliers_;
  DuplicateWatch duplicates_;
  CrossedWatch crossed_;
  MinuteCount told_duplicates_, told_outliers_, told_refused_;
  std::optional<std::int64_t> mid_at_depth_;  // of the spots, half points
  std::int64_t suspect_since_ = 0;
  bool suspect_ = false;
  CheckCounts counts_{};
};

}  // namespace depthwire::streaming
