#pragma once

#include "services/analyzer/core/base/output.hpp"

#include <cstdint>
#include <string_view>

namespace depthwire::analyzer {

/// What a signal's value is counted in.
enum class Unit : std::uint8_t {
  ratio,          ///< no unit: an imbalance, a share, a multiple
  points,         ///< a distance in prices
  price,          ///< a price, in points
  size,           ///< units of the base asset
  ticks,          ///< a number of quote changes
  ticks_by_size,  ///< tick sizes of the price, per unit of the base asset
  basis_points,
};

/// What becomes of a value when the market is reflected: bids for asks, prices about a constant.
enum class Mirror : std::uint8_t {
  flips,   ///< changes its sign
  stays,   ///< has no side
  becomes  ///< is the value of `mirror_name`
};

/// What of a provider a signal is made from.
enum class Needs : std::uint8_t { spots, depth, bars };

/// What there is to know of one name that the analyzer publishes.
struct SignalInfo {
  std::string_view name;
  std::string_view id;  ///< of the specification: S1 to S22
  std::string_view meaning;
  Unit unit = Unit::ratio;
  Basis basis = Basis::measured;
  Needs needs = Needs::depth;
  std::uint64_t minimum_n = 1;
  Mirror mirror = Mirror::flips;
  std::string_view mirror_name;
  bool transitions = false;  ///< opens and closes; else a series of values
};

}  // namespace depthwire::analyzer
