#pragma once

#include "common/ctrader/errors.hpp"

namespace depthwire::historical {

/// Whether asking again is of no use: the broker has answered, and will not answer otherwise.
[[nodiscard]] inline bool is_final(const ctrader::BrokerError& error) {
  if (error.code == "CONNECTION_LOST" || error.code == "NO_ANSWER") return false;
  const auto kind = ctrader::classify(error);
  return kind == ctrader::ErrorClass::business || kind == ctrader::ErrorClass::permanent;
}

}  // namespace depthwire::historical
