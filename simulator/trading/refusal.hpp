#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace depthwire::simulator::trading {

/// Why an order request is not done.
struct Refusal {
  std::string code;  ///< a name of ProtoOAErrorCode or ProtoErrorCode
  std::string why;
  std::optional<std::int64_t> order_id = std::nullopt;
  std::optional<std::int64_t> position_id = std::nullopt;
};

}  // namespace depthwire::simulator::trading
