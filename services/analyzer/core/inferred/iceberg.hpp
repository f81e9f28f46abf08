#pragma once

#include "services/analyzer/core/base/time.hpp"
#include "services/analyzer/core/inferred/removals.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace depthwire::analyzer {

// S12: a price near the touch that is taken and filled up again and again, at times that are not
// those of a clock. Providers stream the same price with a new id all the time: hence the least
// delay of a refill, and the test of the times. Source: signals.md S12; Frey & Sandas 2009; Hautsch
// & Huang 2012; Zotikov & Antonov 2019.

struct IcebergParams {
  std::size_t min_cycles = 4;   ///< "vanished, came back" at one price within the window
  Ns window = main_window;      ///< in which they are counted
  double min_variation = 0.2;   ///< of the times between refills; below it a timer refreshes
  std::int64_t near_ticks = 1;  ///< a cycle lies at most so far behind the touch
  double full_cycles = 8;       ///< that make strength 1
};

/// The cycles of one price.
struct HiddenOrder {
  std::size_t count = 0;
  std::int64_t replenished_cents = 0;
  double variation = 0;  ///< coefficient of variation of the times between refills (population)
  double strength = 0;
};

/// Follows the refills of one symbol, the latest 512 of a minute.
class Iceberg {
 public:
  explicit Iceberg(const IcebergParams& params = {}) : params_(params) {}

  /// Takes a refill. `tick_points` is the symbol's tick size.
  void add(Ns t, const Refill& refill, std::int64_t tick_points);
  /// What holds at a price at `t`, thresholds times `ease`; null where they are not met.
  [[nodiscard]] std::optional<HiddenOrder> at(Ns t, market::Side side, market::Price price,
                                              double ease = 1.0) const;
  void clear() { cycles_.clear(); }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(cycles_);
  }

 private:
  struct Cycle {
    Ns t = 0;
    market::Side side = market::Side::bid;
    market::Price price;
    std::int64_t cents = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(t, side, price, cents);
    }
  };

  IcebergParams params_;
  std::vector<Cycle> cycles_;  // by time
};

}  // namespace depthwire::analyzer
