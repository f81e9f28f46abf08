#pragma once

#include "simulator/market/bars.hpp"
#include "simulator/market/board.hpp"

#include <cstddef>
#include <cstdint>

namespace depthwire::simulator {

/// Makes the bars of one period from those of single minutes, the newest first, until there are
/// enough of them.
class BarsBack {
 public:
  /// Bars that open within [from, to], in Unix ms; the newest `count` of them.
  BarsBack(Period period, std::int64_t from_ms, std::int64_t to_ms, std::size_t count);

  /// Takes the bar of a minute, each older than the one before.
  void take(const Bar& minute);
  /// `minute` has no bar.
  void pass(std::int64_t minute);
  /// Nothing older is of use.
  [[nodiscard]] bool done() const { return done_; }
  /// No minute after this one is of use.
  [[nodiscard]] std::int64_t newest_minute() const { return newest_minute_; }
  [[nodiscard]] Newest<Bar> end() &&;

 private:
  /// The bar that holds `minute` opens then, in minutes; asks the calendar once a bar.
  [[nodiscard]] std::int64_t open_of(std::int64_t minute);

  Period period_;
  std::int64_t from_ms_;
  std::int64_t to_ms_;
  std::size_t count_;
  std::int64_t newest_minute_;
  std::int64_t open_;  // of the newest known bar
  bool done_ = false;
  Newest<Bar> newest_;  // the newest first until end()
};

}  // namespace depthwire::simulator
