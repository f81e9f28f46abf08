#pragma once

#include "common/market/bar.hpp"
#include "proto/bus/market.pb.h"

namespace depthwire::codec {

/// A bar that was built from spots and has ended, as it travels: closed, origin aggregator.
[[nodiscard]] bus::Bar to_bus(const market::Bar& bar);

}  // namespace depthwire::codec
