#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::simulator {

/// How a generated symbol looks on an ordinary hour.
struct Profile {
  std::string name;
  int digits = 5;
  std::int64_t price_ticks = 0;  ///< where the price starts and drifts back to
  std::int64_t spread_ticks = 0;
  std::int64_t step_ticks = 1;  ///< how far the price moves at a time
  std::int64_t lot_cents = 10'000'000;

  /// Points of one tick: a tick is 10^-digits, a point 10^-5.
  [[nodiscard]] std::int64_t tick_points() const;
};

/// The profiles of the first `count` symbols: well-known names, then SYN001, SYN002 and so on.
[[nodiscard]] std::vector<Profile> profiles(std::size_t count);
/// The profile of `name`; an unknown name looks like EURUSD.
[[nodiscard]] Profile profile_of(std::string_view name);

/// Per cent of the ordinary activity and spread in each hour of the UTC day.
[[nodiscard]] std::int64_t activity_percent(std::int64_t time_ns);
[[nodiscard]] std::int64_t spread_percent(std::int64_t time_ns);

}  // namespace depthwire::simulator
