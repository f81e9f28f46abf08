#pragma once

#include "services/analyzer/core/base/time.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace depthwire::analyzer {

/// The time-weighted mean of a value that holds until it changes, over a window of whole seconds
/// that ends now. Time in which there was no value does not count, and shows in `coverage`.
class TimeWeighted {
 public:
  explicit TimeWeighted(std::size_t window_seconds) : buckets_(window_seconds) {}

  /// From `t` on the value is `value`, or there is none.
  void set(Ns t, std::optional<double> value);
  /// Counts the present value up to `t`.
  void advance(Ns t);
  /// As if nothing had ever been seen.
  void clear();

  [[nodiscard]] std::optional<double> mean() const;
  /// Share of the window in which there was a value, in [0, 1].
  [[nodiscard]] double coverage() const;

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(buckets_, current_, since_, value_);
  }

 private:
  struct Bucket {
    double weighted = 0;
    Ns covered = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(weighted, covered);
    }
  };

  Bucket& enter(std::int64_t second);

  std::vector<Bucket> buckets_;
  std::int64_t current_ = 0;  // second
  Ns since_ = 0;
  std::optional<double> value_;
};

}  // namespace depthwire::analyzer
