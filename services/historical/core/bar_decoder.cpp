#include "services/historical/core/bar_decoder.hpp"

#include "common/ctrader/bars.hpp"

#include <cstddef>

namespace depthwire::historical {

tl::expected<std::vector<bus::Bar>, ctrader::DecodeError> decode_bars(
    const ctrader::ProtoOAGetTrendbarsRes& answer, bus::Period period) {
  std::vector<bus::Bar> bars;
  bars.reserve(static_cast<std::size_t>(answer.trendbar_size()));
  for (const auto& sent : answer.trendbar()) {
    // A field that the broker leaves out is no reason to throw: the decoder knows what it needs.
    auto bar = ctrader::decode_bar(sent.SerializePartialAsString());
    if (!bar) return tl::unexpected(bar.error());
    bar->period = *ctrader::number_of(period);
    if (!bar->close) bar->close = bar->low;
    bars.push_back(ctrader::to_bus(*bar, bus::Bar::history));
  }
  return bars;
}

}  // namespace depthwire::historical
