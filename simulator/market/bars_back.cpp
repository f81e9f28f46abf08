#include "simulator/market/bars_back.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace depthwire::simulator {
namespace {

constexpr std::int64_t minute_ms = 60'000;

/// How many minutes after its opening a bar may still hold.
std::int64_t longest_minutes(Period period) {
  constexpr std::int64_t day = 1'500;  // of 25 hours
  if (period == Period::m1) return 0;
  if (period <= Period::h1) return 60;
  if (period <= Period::d1) return day;
  return period == Period::w1 ? 7 * day : 31 * day;
}

/// `to` may be as late as the protocol can say; no minute is.
std::int64_t minute_of(std::int64_t time_ms) {
  return std::max<std::int64_t>(time_ms, -minute_ms) / minute_ms;
}

}  // namespace

BarsBack::BarsBack(Period period, std::int64_t from_ms, std::int64_t to_ms, std::size_t count)
    : period_{period},
      from_ms_{from_ms},
      to_ms_{to_ms},
      count_{count},
      newest_minute_{minute_of(to_ms) + longest_minutes(period)},
      open_{std::numeric_limits<std::int64_t>::max()} {}

std::int64_t BarsBack::open_of(std::int64_t minute) {
  if (minute < open_) open_ = bar_open(period_, minute);
  return open_;
}

void BarsBack::pass(std::int64_t minute) {
  if (minute * minute_ms < from_ms_ && open_of(minute) * minute_ms < from_ms_) done_ = true;
}

void BarsBack::take(const Bar& minute) {
  const auto open = open_of(minute.open_minute);
  if (open * minute_ms > to_ms_) return;
  if (open * minute_ms < from_ms_) {
    done_ = true;
    return;
  }
  auto& bars = newest_.found;
  if (!bars.empty() && bars.back().open_minute == open) {
    auto& bar = bars.back();
    bar.open = minute.open;
    bar.high = std::max(bar.high, minute.high);
    bar.low = std::min(bar.low, minute.low);
    bar.volume += minute.volume;
    return;
  }
  if (bars.size() == count_) {
    newest_.has_more = true;
    done_ = true;
    return;
  }
  bars.push_back(minute);
  bars.back().open_minute = open;
}

Newest<Bar> BarsBack::end() && {
  std::ranges::reverse(newest_.found);
  return std::move(newest_);
}

}  // namespace depthwire::simulator
