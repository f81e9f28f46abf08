#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace depthwire::simulator {

/// A decimal number as it was written: 1.50 is 150 with two decimals.
struct Decimal {
  std::int64_t digits = 0;
  int decimals = 0;
  bool operator==(const Decimal&) const = default;

  /// The number times 10^`scale`, exactly; nothing when that is no integer or does not fit.
  [[nodiscard]] std::optional<std::int64_t> times_ten_to(int scale) const;
};

/// Reads digits with at most one point and no sign: 12, 12.5, 0.00, and 1e-06, which has 6
/// decimals. Nothing for anything else, or for more digits than 63 bits hold.
[[nodiscard]] std::optional<Decimal> parse_decimal(std::string_view text);

/// Reads digits alone.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace depthwire::simulator
