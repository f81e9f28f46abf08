#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::simulator {

// How the simulator's settings are written where a plain type does not say it.

/// HOST:PORT.
[[nodiscard]] std::optional<std::pair<std::string, std::uint16_t>> parse_address(
    std::string_view text);

/// A factor above 0, or 0 for `max`.
[[nodiscard]] std::optional<double> parse_speed(std::string_view text);

/// A number of symbols, or their names.
struct Symbols {
  std::size_t count = 0;  ///< 0: by name
  std::vector<std::string> names;
};
/// A number from 1 to 1000, or names with commas between.
[[nodiscard]] std::optional<Symbols> parse_symbols(std::string_view text);

}  // namespace depthwire::simulator
