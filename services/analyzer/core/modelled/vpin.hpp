#pragma once

#include "services/analyzer/core/base/time.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace depthwire::analyzer {

// S15: how one-sided the tick counts of equal buckets were. An activity gauge: ticks are not
// trades, and nothing is gated on it. Source: signals.md S15; Easley, Lopez de Prado & O'Hara 2012;
// critique: Andersen & Bondarenko 2014, 2015.
class Vpin {
 public:
  explicit Vpin(std::size_t buckets = 50) : needed_(buckets) {}

  /// Ticks that fill a bucket, positive. One that is being filled goes on with the new size.
  void bucket_size(double ticks) { size_ = ticks; }
  /// Takes a bar of `ticks`, of which `buy_share` were for buying; it fills as many buckets as it
  /// needs, each with its share. True when one became full.
  bool add(double ticks, double buy_share);
  void clear();

  /// Mean |buy - sell| / size of the last 50 buckets; null until there are as many.
  [[nodiscard]] std::optional<double> value() const;
  [[nodiscard]] std::size_t n() const { return imbalances_.size(); }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(size_, filled_, buy_, imbalances_, next_);
  }

 private:
  std::size_t needed_;
  double size_ = 0;  // 0: not known yet, bars are passed over
  double filled_ = 0;
  double buy_ = 0;
  std::vector<double> imbalances_;  // |buy - sell| / size of full buckets, a ring
  std::size_t next_ = 0;
};

/// The mean tick count of the last 20 whole trading days.
class DailyTicks {
 public:
  /// Takes a bar that opened at `open_time`, in order.
  void add(Ns open_time, std::uint64_t ticks);
  /// Null before the first day that was seen whole.
  [[nodiscard]] std::optional<double> mean() const;

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(day_, ticks_, whole_, days_, next_, count_);
  }

 private:
  std::optional<Ns> day_;  // its start
  std::uint64_t ticks_ = 0;
  bool whole_ = false;                    // the running day was seen from its start
  std::array<std::uint64_t, 20> days_{};  // a ring
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

}  // namespace depthwire::analyzer
