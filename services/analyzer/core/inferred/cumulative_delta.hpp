#pragma once

#include "services/analyzer/core/base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace depthwire::analyzer {

// S7: what was bought less what was sold since the session began, and prices that it does not
// follow. Levels are not to be compared across sessions or brokers. Source: signals.md S7 (industry
// usage); Evans & Lyons 2002 for FX order flow.

/// One flavour's sum since 17:00 New York. Flavours are never mixed.
class CumulativeDelta {
 public:
  /// Takes a signed amount at `t`.
  void add(Ns t, double amount);
  /// Something is missing at `t`: the value goes on from where it was, and is marked.
  void gap(Ns t);
  /// A session that has begun by `t` begins at 0.
  void advance(Ns t);

  [[nodiscard]] double value() const { return sum_; }
  /// The session was joined in its middle, or something of it is missing.
  [[nodiscard]] bool marked() const { return marked_; }
  /// Amounts since the session began.
  [[nodiscard]] std::uint64_t n() const { return n_; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(next_session_, sum_, n_, marked_);
  }

 private:
  std::optional<Ns> next_session_;
  double sum_ = 0;
  std::uint64_t n_ = 0;
  bool marked_ = true;
};

/// A closed bar and the delta at its close.
struct DeltaBar {
  std::int64_t high = 0;
  std::int64_t low = 0;
  double delta = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(high, low, delta);
  }
};

/// -1 (bearish): a high above all of `before` that the delta does not follow; +1 (bullish): a low
/// below all of them that it does not follow; 0: neither, or both. 0 where `before` is empty.
[[nodiscard]] int divergence(std::span<const DeltaBar> before, const DeltaBar& bar);

}  // namespace depthwire::analyzer
