#pragma once

#include "services/analyzer/core/base/time.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace depthwire::analyzer {

/// When something happened, the latest 64 times.
class RecentTimes {
 public:
  void add(Ns t) { times_[count_++ % times_.size()] = t; }

  /// How often within the `window` that ends at `t`; 64 at most.
  [[nodiscard]] std::size_t within(Ns t, Ns window) const {
    const auto end = times_.begin() + static_cast<std::ptrdiff_t>(std::min(count_, times_.size()));
    return static_cast<std::size_t>(
        std::count_if(times_.begin(), end, [&](Ns time) { return time > t - window; }));
  }

  /// The state, for snapshots.
  template <class Archive>
  void serialize(Archive& archive) {
    archive(times_, count_);
  }

 private:
  std::array<Ns, 64> times_{};
  std::size_t count_ = 0;
};

}  // namespace depthwire::analyzer
