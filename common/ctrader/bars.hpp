#pragma once

#include "common/ctrader/decode.hpp"
#include "common/ctrader/requests.hpp"
#include "proto/bus/market.pb.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>

namespace depthwire::ctrader {

/// The bus period of a period number of the wire; period_unknown for one that we do not know.
[[nodiscard]] bus::Period period_of(PeriodNumber number);
/// The number on the wire; empty where the broker has no such period (1 s).
[[nodiscard]] std::optional<PeriodNumber> number_of(bus::Period period);

/// `bar` as the bus carries it. Without a close of its own it closes at its open.
[[nodiscard]] bus::Bar to_bus(const LiveBar& bar, bus::Bar::Origin origin);

}  // namespace depthwire::ctrader
