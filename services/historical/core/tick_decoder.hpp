#pragma once

#include "common/market/types.hpp"
#include "proto/ctrader/messages.pb.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <vector>

namespace depthwire::historical {

/// One change of one side.
struct PastTick {
  std::int64_t time_ms = 0;  ///< Unix
  market::Price price;
  bool operator==(const PastTick&) const = default;
};

/// Why an answer was refused.
enum class TickError : std::uint8_t {
  time_runs_forward,   ///< an element is newer than the one before it
  time_out_of_range,   ///< before 1970, or beyond what nanoseconds since then can tell
  price_out_of_range,  ///< zero, negative or beyond 2^62
};

[[nodiscard]] std::string_view to_string(TickError error);

/// The ticks of an answer, oldest first. On the wire they come newest first; the first is absolute,
/// every other the signed difference to the element before it, in time and in price.
/// Source: cTrader Open API, ProtoOAGetTickDataRes.
[[nodiscard]] tl::expected<std::vector<PastTick>, TickError> decode_ticks(
    const ctrader::ProtoOAGetTickDataRes& answer);

}  // namespace depthwire::historical
