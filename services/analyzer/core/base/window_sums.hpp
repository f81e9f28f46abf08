#pragma once

#include "services/analyzer/core/base/time.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace depthwire::analyzer {

/// Sums of integers over several windows that end now, kept in buckets of equal length: bounded
/// memory at any rate of events, and exact, since integers are added and taken away again. A window
/// holds the running bucket and those before it, so it covers between its length less one bucket
/// and its length.
template <std::size_t Fields, std::size_t Windows>
class WindowSums {
 public:
  using Values = std::array<std::int64_t, Fields>;

  /// `windows`: lengths, each a multiple of `bucket`.
  WindowSums(Ns bucket, const std::array<Ns, Windows>& windows) : bucket_(bucket) {
    for (std::size_t w = 0; w < Windows; ++w) {
      lengths_[w] = static_cast<std::size_t>(windows[w] / bucket);
    }
    ring_.resize(*std::max_element(lengths_.begin(), lengths_.end()));
  }

  void add(Ns t, const Values& values) {
    advance(t);
    Values& bucket = at(current_);
    for (std::size_t f = 0; f < Fields; ++f) bucket[f] += values[f];
    for (Values& sum : sums_) {
      for (std::size_t f = 0; f < Fields; ++f) sum[f] += values[f];
    }
  }

  /// Lets what has left the windows by `t` go.
  void advance(Ns t) {
    const std::int64_t target = t / bucket_;
    if (target <= current_) return;
    if (target - current_ >= static_cast<std::int64_t>(ring_.size())) {
      clear();
      current_ = target;
      return;
    }
    while (current_ < target) {
      ++current_;
      for (std::size_t w = 0; w < Windows; ++w) {
        const Values& leaving = at(current_ - static_cast<std::int64_t>(lengths_[w]));
        for (std::size_t f = 0; f < Fields; ++f) sums_[w][f] -= leaving[f];
      }
      at(current_) = Values{};
    }
  }

  void clear() {
    std::fill(ring_.begin(), ring_.end(), Values{});
    sums_ = {};
  }

  [[nodiscard]] const Values& sum(std::size_t window) const { return sums_[window]; }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(current_, ring_, sums_);
  }

 private:
  Values& at(std::int64_t bucket) {
    const auto size = static_cast<std::int64_t>(ring_.size());
    return ring_[static_cast<std::size_t>(((bucket % size) + size) % size)];
  }

  Ns bucket_;
  std::int64_t current_ = 0;
  std::array<std::size_t, Windows> lengths_{};
  std::vector<Values> ring_;
  std::array<Values, Windows> sums_{};
};

}  // namespace depthwire::analyzer
