#pragma once

#include "common/market/types.hpp"

#include <cstdint>

// What the tests of several watches need.
namespace depthwire::streaming {

inline constexpr std::int64_t ms = 1'000'000;
inline constexpr std::int64_t second = 1'000 * ms;
inline constexpr std::int64_t hour_s = 3'600;
inline constexpr std::int64_t day_s = 24 * hour_s;
inline constexpr std::int64_t week_s = 7 * day_s;

inline market::Spot spot(std::int64_t bid, std::int64_t ask) {
  return {.bid = market::Price{bid}, .ask = market::Price{ask}};
}

}  // namespace depthwire::streaming
