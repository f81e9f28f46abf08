#include "services/historical/core/tick_decoder.hpp"

#include "common/ctrader/decode.hpp"

#include <algorithm>
#include <optional>

namespace depthwire::historical {
namespace {

constexpr std::int64_t largest = 1LL << 62;

/// a + b, or nothing when that does not fit.
std::optional<std::int64_t> sum(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (__builtin_add_overflow(a, b, &result)) return std::nullopt;
  return result;
}

}  // namespace

std::string_view to_string(TickError error) {
  switch (error) {
    case TickError::time_runs_forward: return "ticks that are not newest first";
    case TickError::time_out_of_range: return "a tick with a time out of range";
    case TickError::price_out_of_range: return "a tick with a price out of range";
  }
  return "unknown";
}

tl::expected<std::vector<PastTick>, TickError> decode_ticks(
    const ctrader::ProtoOAGetTickDataRes& answer) {
  std::vector<PastTick> ticks;
  ticks.reserve(static_cast<std::size_t>(answer.tickdata_size()));
  PastTick tick;
  for (const auto& element : answer.tickdata()) {
    if (!ticks.empty() && element.timestamp() > 0) {
      return tl::unexpected(TickError::time_runs_forward);
    }
    const auto time = sum(tick.time_ms, element.timestamp());
    const auto price = sum(tick.price.points, element.tick());
    if (!time || *time < 0 || *time > ctrader::latest_ms) {
      return tl::unexpected(TickError::time_out_of_range);
    }
    if (!price || *price <= 0 || *price > largest) {
      return tl::unexpected(TickError::price_out_of_range);
    }
    tick = {*time, market::Price{*price}};
    ticks.push_back(tick);
  }
  std::reverse(ticks.begin(), ticks.end());
  return ticks;
}

}  // namespace depthwire::historical
