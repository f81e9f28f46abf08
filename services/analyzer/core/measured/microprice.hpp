#pragma once

#include "common/market/types.hpp"

namespace depthwire::analyzer {

// S2: where the mid is drawn to. Source: signals.md S2; Stoikov 2018, Quant. Finance 18(12).

/// The mid weighted by the sizes at the other side's touch, in points: (Qb Pa + Qa Pb) / (Qb + Qa).
/// Sizes are positive.
[[nodiscard]] double weighted_mid(const market::Level& bid, const market::Level& ask);

}  // namespace depthwire::analyzer
