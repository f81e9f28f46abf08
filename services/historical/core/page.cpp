#include "services/historical/core/page.hpp"

#include <algorithm>

namespace depthwire::historical {
namespace {

Reach reach_of(const Range& settled, std::int64_t over_ms) {
  return {settled, common(settled, {settled.from_ms, over_ms})};
}

}  // namespace

BarsPage bars_page(std::vector<bus::Bar> bars, bus::Period period, const Range& asked,
                   bool has_more, std::int64_t now_ms) {
  const auto open_ms = [](const bus::Bar& bar) { return bar.open_time_ns() / ns_per_ms; };
  std::erase_if(bars, [&](const auto& bar) { return !asked.contains(open_ms(bar)); });
  std::ranges::sort(bars, {}, open_ms);
  const auto length = length_ms(period);
  for (auto& bar : bars) bar.set_closed(open_ms(bar) + length <= now_ms);
  auto settled = asked;
  if (has_more && !bars.empty()) settled.from_ms = open_ms(bars.front());
  // A bar that opens later may not be closed yet, or not be in history yet.
  const auto over_ms = now_ms - length - history_lag_ms + 1;
  return {std::move(bars), reach_of(settled, over_ms)};
}

TicksPage ticks_page(std::vector<PastTick> ticks, const Range& asked, bool has_more,
                     std::int64_t now_ms) {
  std::erase_if(ticks, [&](const auto& tick) { return !asked.contains(tick.time_ms); });
  auto settled = asked;
  if (has_more && !ticks.empty()) {
    settled.from_ms = ticks.front().time_ms;
    if (ticks.back().time_ms > settled.from_ms) {
      std::erase_if(ticks, [&](const auto& tick) { return tick.time_ms == settled.from_ms; });
      ++settled.from_ms;
    }
  }
  const auto over_ms = now_ms - history_lag_ms;
  std::erase_if(ticks, [&](const auto& tick) { return tick.time_ms >= over_ms; });
  return {std::move(ticks), reach_of(settled, over_ms)};
}

}  // namespace depthwire::historical
