#include "services/analyzer/core/measured/microprice.hpp"

namespace depthwire::analyzer {

double weighted_mid(const market::Level& bid, const market::Level& ask) {
  const auto bid_size = static_cast<double>(bid.size.cents);
  const auto ask_size = static_cast<double>(ask.size.cents);
  return (bid_size * static_cast<double>(ask.price.points) +
          ask_size * static_cast<double>(bid.price.points)) /
         (bid_size + ask_size);
}

}  // namespace depthwire::analyzer
