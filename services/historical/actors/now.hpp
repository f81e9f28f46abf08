#pragma once

#include "common/ctrader/edge_log.hpp"
#include "services/historical/core/series.hpp"

#include <chrono>

namespace depthwire::historical {

/// Now, to tell what is over, Unix ms. The simulator's clock cannot be asked for: where it is that
/// of this machine, as it is unless recorded times are wanted, this is right; else it is later, and
/// what is asked for is over.
inline std::int64_t now_ms(ctrader::EdgeLog& log) {
  if (log.clock().is_simulated()) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  }
  log.clock().advance(ctrader::Clock::now());
  return log.clock().stamp() / ns_per_ms;
}

}  // namespace depthwire::historical
