#pragma once

#include "common/market/types.hpp"
#include "services/analyzer/core/base/time.hpp"
#include "services/analyzer/core/modelled/splits.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

namespace depthwire::analyzer {

/// A live bar of one minute, closed or still forming.
struct BarUpdate {
  Ns open_time = 0;
  BarValues values;
  bool closed = false;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(open_time, values, closed);
  }
};

/// What of a symbol's description the signals need.
struct SymbolFacts {
  int digits = 5;
  int pip_position = 4;
  std::int64_t lot_size_cents = 0;  ///< 0: unknown, then no level is dust

  /// 10^(5 - digits), at least 1.
  [[nodiscard]] std::int64_t tick_points() const;
  /// 10^(5 - pip position), at least 1.
  [[nodiscard]] std::int64_t pip_points() const;

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(digits, pip_position, lot_size_cents);
  }
};

/// EPOCH_START or SOURCE_DOWN: no book, no spot and no window outlives it.
struct SourceLost {};
/// A record that only tells the time.
struct TimeOnly {};

/// One record of the input journal.
struct Input {
  std::uint64_t epoch = 0;
  std::uint64_t offset = 0;
  Ns receive_time = 0;
  std::string_view symbol;
  std::variant<TimeOnly, SourceLost, const market::Spot*, const market::DepthUpdate*, BarUpdate,
               SymbolFacts>
      value;
};

}  // namespace depthwire::analyzer
