#pragma once

#include "common/market/capability.hpp"
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

/// What there is to know of one name that the analyzer publishes.
struct SignalInfo {
  std::string_view name;
  std::string_view id;  ///< of the specification: S1 to S22
  std::string_view meaning;
  Unit unit = Unit::ratio;
  Basis basis = Basis::measured;
  market::Capability needs = market::Capability::dom;  ///< of a provider
  std::uint64_t minimum_n = 1;
  Mirror mirror = Mirror::flips;
  std::string_view mirror_name;
  bool transitions = false;          ///< opens and closes; else a series of values
  std::string_view kind = "signal";  ///< of the records
};

[[nodiscard]] std::string_view to_string(Unit unit);
[[nodiscard]] std::string_view to_string(Basis basis);

}  // namespace depthwire::analyzer
