#include "services/streaming/core/live_bars.hpp"

namespace depthwire::streaming {

void LiveBars::take(const ctrader::SpotEvent& event, std::vector<BarUpdate>& updates) {
  for (const auto& sent : event.bars) {
    auto bar = sent;
    if (!bar.close) bar.close = event.spot.bid;
    if (!bar.close) continue;  // without a bid there is no price to stand at
    const auto [known, is_first] = forming_.try_emplace(bar.period, bar);
    if (!is_first && bar.open_time_minutes < known->second.open_time_minutes) continue;
    if (!is_first && bar.open_time_minutes > known->second.open_time_minutes) {
      updates.push_back({known->second, true});
    }
    known->second = bar;
    updates.push_back({bar, false});
  }
}

}  // namespace depthwire::streaming
