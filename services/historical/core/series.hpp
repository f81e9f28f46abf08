#pragma once

#include "proto/bus/market.pb.h"
#include "services/historical/core/time_ranges.hpp"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace depthwire::historical {

inline constexpr std::int64_t ns_per_ms = 1'000'000;

/// What one request to the broker is about: of one symbol the bars of one period, or the ticks of
/// one side.
struct Series {
  std::string symbol;
  bus::Period period = bus::period_unknown;  ///< of bars; period_unknown: ticks
  bus::Side side = bus::bid;                 ///< of ticks

  [[nodiscard]] bool is_ticks() const { return period == bus::period_unknown; }
  auto operator<=>(const Series&) const = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(symbol, period, side);
  }
};

/// "EURUSD m1", "EURUSD bid ticks".
[[nodiscard]] std::string to_string(const Series& series);

/// Why nothing can be fetched of `series` and `range`, in words; nothing when it can.
[[nodiscard]] std::optional<std::string> check(const Series& series, const Range& range);

/// The widest window that the broker takes in one request (PROTOCOL.md 8).
[[nodiscard]] std::int64_t widest_ms(const Series& series);

/// How long a bar of `period` lasts at most: a day may have 25 hours, a month 31 days and one hour.
[[nodiscard]] std::int64_t length_ms(bus::Period period);

}  // namespace depthwire::historical
