#pragma once

#include "common/market/types.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <vector>

namespace depthwire::simulator {

/// The bar lengths of the protocol; the values are its numbers (ProtoOATrendbarPeriod).
enum class Period : std::uint8_t {
  m1 = 1,
  m2,
  m3,
  m4,
  m5,
  m10,
  m15,
  m30,
  h1,
  h4,
  h12,
  d1,
  w1,
  mn1
};
inline constexpr int first_period = 1;
inline constexpr int last_period = 14;

/// When the bar that holds `minute` opened, both in minutes since the UNIX epoch. Up to an hour
/// bars follow the epoch; longer ones the day that begins at 17:00 in New York, weeks on Sunday
/// evening, months with the first such day of the month (PROTOCOL.md 8.1).
[[nodiscard]] std::int64_t bar_open(Period period, std::int64_t minute);

/// Open, high, low and close of the bid; `volume` counts changes of either side.
struct Bar {
  std::int64_t open_minute = 0;
  market::Price open;
  market::Price high;
  market::Price low;
  market::Price close;
  std::int64_t volume = 0;
  bool operator==(const Bar&) const = default;
};

/// Builds the bars of one period. A period without a bid has no bar; changes of the ask alone are
/// counted in the bar that is open then.
class BarBuilder {
 public:
  explicit BarBuilder(Period period, std::size_t keep) : period_(period), keep_(keep) {}

  void add(std::int64_t time_ns, const market::Spot& spot);
  /// Oldest first; the last one is still forming. At most as many as are kept.
  [[nodiscard]] const std::deque<Bar>& bars() const { return bars_; }

  [[nodiscard]] Period period() const { return period_; }
  /// Appends a bar made elsewhere, or merges it into the last one of the same opening time.
  void add(const Bar& bar);

 private:
  Period period_;
  std::size_t keep_;
  std::int64_t until_minute_ = std::numeric_limits<std::int64_t>::min();
  std::deque<Bar> bars_;
};

}  // namespace depthwire::simulator
