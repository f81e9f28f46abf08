#pragma once

#include "common/market/types.hpp"

#include <cstdint>

// What the tests of several watches need.
namespace depthwire::streaming {

inline constexpr std::int64_t ms = 1'000'000;
inline constexpr std::int64_t second = 1'000 * ms;

inline market::Spot spot(std::int64_t bid, std::int64_t ask) {
  return {.bid = market::Price{bid}, .ask = market::Price{ask}};
}

}  // namespace depthwire::streaming
