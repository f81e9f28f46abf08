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

/// Where JSON is served: at `json` as HOST:PORT or, where that is empty, at the port after that of
/// `protobuf`, at any free one if that is 0.
[[nodiscard]] std::optional<std::pair<std::string, std::uint16_t>> json_address(
    std::string_view protobuf, std::string_view json);

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
