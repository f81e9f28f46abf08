#pragma once

#include "services/historical/core/series.hpp"
#include "services/historical/core/tick_decoder.hpp"

#include <cstdint>
#include <vector>

namespace depthwire::historical {

/// How far an answer to a request of some window reaches.
struct Reach {
  /// The answer is all that the broker has of this time at present; the rest of the window is to be
  /// asked for again. Never empty, so that asking comes to an end.
  Range settled;
  /// The part of it that is over for good, and need never be asked for again.
  Range covered;
};

struct BarsPage {
  std::vector<bus::Bar> bars;  ///< oldest first, `closed` set
  Reach reach;
};
struct TicksPage {
  std::vector<PastTick> ticks;  ///< oldest first
  Reach reach;
};

/// What an answer with `bars` to a request for `asked` comes to. An answer that `has_more` was cut:
/// it holds the newest bars of the window. Bars outside of the window are dropped. `now_ms` tells
/// which bars are closed.
[[nodiscard]] BarsPage bars_page(std::vector<bus::Bar> bars, bus::Period period, const Range& asked,
                                 bool has_more, std::int64_t now_ms);

/// After a reconnect history was seen to lag the live stream by some seconds: so long it may lack
/// ticks.
inline constexpr std::int64_t history_lag_ms = 10'000;

/// The same for ticks. Of a cut answer the oldest millisecond may not be whole: its ticks are left
/// to the next request, unless there is no other millisecond in it. What is newer
/// than history_lag_ms is left out: it may not be all.
[[nodiscard]] TicksPage ticks_page(std::vector<PastTick> ticks, const Range& asked, bool has_more,
                                   std::int64_t now_ms);

}  // namespace depthwire::historical
