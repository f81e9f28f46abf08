#pragma once

#include "services/streaming/core/trading_hours.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace depthwire::streaming {

/// A time without an event, in nanoseconds UTC, and how much of it the market was open.
struct SilentTime {
  std::int64_t from_ns = 0;   ///< the last event before it, or the subscription
  std::int64_t until_ns = 0;  ///< now, or the event that ended it
  std::int64_t open_ns = 0;
  bool outage = false;  ///< the connection was lost meanwhile
};

/// Watches one stream of a symbol for silence: stale when it begins, a gap when it is over. Only
/// the time in which the market is open counts: a closed one is never stale.
class Silence {
 public:
  /// `limit`: the longest usual time without an event; 0: nothing is judged.
  explicit Silence(std::chrono::nanoseconds limit) : limit_{limit.count()} {}

  /// Events are due from now on, should none have come yet.
  void expect(std::int64_t time_ns) {
    if (!last_) last_ = time_ns;
  }
  /// The connection was lost: what is between the last event and the next is a gap, however short.
  /// Stale is what stays silent once it is looked at again.
  void interrupt() {
    interrupted_ = last_.has_value();
    resumed_.reset();
  }
  /// Nobody wants the stream any more.
  void forget() { *this = Silence(std::chrono::nanoseconds{limit_}); }

  /// An event came; gives the gap that it ends.
  std::optional<SilentTime> event(std::int64_t time_ns, const TradingHours& hours) {
    const auto from = std::exchange(last_, time_ns);
    if (!from || (time_ns - *from <= limit_ && !interrupted_ && !stale_)) return std::nullopt;
    return gap(*from, time_ns, hours);
  }
  /// Looks at the stream: gives the silence that has just become too long.
  std::optional<SilentTime> stale(std::int64_t time_ns, const TradingHours& hours) {
    return longer_than(limit_, time_ns, hours);
  }
  /// The same for a shorter silence that says enough by something else.
  std::optional<SilentTime> longer_than(std::int64_t limit_ns, std::int64_t time_ns,
                                        const TradingHours& hours) {
    if (stale_ || !last_ || limit_ == 0) return std::nullopt;
    if (interrupted_ && !resumed_) resumed_ = time_ns;
    const auto from = resumed_.value_or(*last_);
    if (time_ns - from <= limit_ns || !hours.is_open(time_ns)) return std::nullopt;
    const SilentTime silent{from, time_ns, hours.open_ns(from, time_ns), interrupted_};
    if (silent.open_ns <= limit_ns) return std::nullopt;
    stale_ = true;
    return silent;
  }
  /// Gives the gap that the market's closing ends: what is silent after it is not stale.
  std::optional<SilentTime> closed(std::int64_t time_ns, const TradingHours& hours) {
    if (!stale_ || hours.is_open(time_ns)) return std::nullopt;
    return gap(*std::exchange(last_, time_ns), time_ns, hours);
  }

  [[nodiscard]] bool is_stale() const { return stale_; }

 private:
  std::optional<SilentTime> gap(std::int64_t from_ns, std::int64_t until_ns,
                                const TradingHours& hours) {
    const bool outage = std::exchange(interrupted_, false);
    resumed_.reset();
    const bool told = std::exchange(stale_, false);
    if (limit_ == 0) return std::nullopt;
    const auto open = hours.open_ns(from_ns, until_ns);
    if (!told && open <= (outage ? 0 : limit_)) return std::nullopt;
    return SilentTime{from_ns, until_ns, open, outage};
  }

  std::int64_t limit_;
  std::optional<std::int64_t> last_;
  bool interrupted_ = false;             // since the last event
  std::optional<std::int64_t> resumed_;  // first looked at after that
  bool stale_ = false;
};

}  // namespace depthwire::streaming
