#pragma once

#include "common/market/types.hpp"
#include "simulator/market/bars.hpp"
#include "simulator/market/event.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace depthwire::simulator {

/// One change of a symbol's best prices in the past.
struct PastTick {
  std::int64_t time_ms = 0;
  market::Spot spot;
};

/// How much of a past there is.
struct PastSettings {
  std::uint64_t seed = 1;
  std::int64_t end_ns = 0;     ///< the market begins; what lies before is the past
  std::int64_t length_ns = 0;  ///< 0: no past
};

/// The market of one symbol before it began, for history: a price that wanders and ends at the
/// opening price, four to eleven ticks a minute, closed from Friday to Sunday, 17:00 in New York.
/// Any minute is a function of seed, symbol and minute alone, so that a past of years costs no
/// memory. Integers only: the same on every machine.
class Past {
 public:
  /// Without both opening prices there is no past.
  Past(const SymbolInfo& info, const PastSettings& settings);

  /// Minutes since the epoch; the end is excluded.
  [[nodiscard]] std::int64_t first_minute() const { return first_; }
  [[nodiscard]] std::int64_t end_minute() const { return end_; }

  /// Fills `ticks` with those of `minute`, oldest first, no two in one millisecond; none while the
  /// market is closed. The first has a bid.
  void ticks(std::int64_t minute, std::vector<PastTick>& ticks) const;
  /// The bar of `minute`, built from its ticks.
  [[nodiscard]] std::optional<Bar> bar(std::int64_t minute) const;

 private:
  [[nodiscard]] bool is_open(std::int64_t minute) const;
  [[nodiscard]] std::int64_t wave(std::int64_t minute) const;
  [[nodiscard]] std::uint64_t random(std::uint64_t what, std::int64_t index) const;

  std::uint64_t seed_;
  std::int64_t first_ = 0;
  std::int64_t end_ = 0;
  std::int64_t tick_points_ = 1;
  std::int64_t opening_ = 0;  // mid, in points
  std::int64_t half_spread_ = 0;
  std::int64_t swing_ = 1;  // of the fastest wave, in points
  std::int64_t wave_at_end_ = 0;
};

}  // namespace depthwire::simulator
