#include "services/analyzer/core/inferred/volume_imbalance.hpp"

namespace depthwire::analyzer {

std::optional<double> volume_imbalance(double buy, double sell, std::uint64_t n) {
  if (n < volume_imbalance_min_n || !(buy + sell > 0)) return std::nullopt;
  return (buy - sell) / (buy + sell);
}

}  // namespace depthwire::analyzer
