#pragma once

#include "common/market/types.hpp"

#include <cstdint>
#include <optional>
#include <utility>

namespace depthwire::streaming {

/// Finds depth events that were sent twice: identical to the symbol's previous one within 100 ms.
/// The same change made again changes nothing. Source: signals.md 2.
class DuplicateWatch {
 public:
  [[nodiscard]] bool is_duplicate(std::int64_t time_ns, const market::DepthUpdate& update) {
    constexpr std::int64_t within = 100'000'000;
    if (!last_ || time_ns - *last_ > within || update != previous_) return false;
    last_ = time_ns;
    return true;
  }
  /// Keeps an event that was none. It is swapped, not copied: `update` is left with memory that may
  /// be used again.
  void keep(std::int64_t time_ns, market::DepthUpdate& update) {
    last_ = time_ns;
    std::swap(previous_, update);
  }
  /// The book was emptied: the same event again fills it.
  void forget() { last_.reset(); }

 private:
  market::DepthUpdate previous_;
  std::optional<std::int64_t> last_;
};

}  // namespace depthwire::streaming
