#pragma once

#include "common/ctrader/decode.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::ctrader {

/// What to do about an error of the broker.
enum class ErrorClass : std::uint8_t {
  permanent,       ///< stop and report: trying again changes nothing
  reauthenticate,  ///< authenticate again; refused again, it is permanent
  already_done,    ///< what was asked for is so already
  throttled,       ///< pause this payload type
  transient,       ///< try again with growing delays
  business,        ///< the request itself was refused; the connection is well
};

/// Codes outside the documented ones are `business`.
[[nodiscard]] ErrorClass classify(std::string_view code);

/// An error answer: type 50, 2142 or 2132.
struct BrokerError {
  std::string code;  ///< the broker's word, verbatim
  std::string description;
  std::optional<std::uint64_t> retry_after_seconds;
  std::optional<std::int64_t> maintenance_end_ms;  ///< Unix time
};

/// "CODE: description", or the code alone.
[[nodiscard]] std::string to_string(const BrokerError& error);

[[nodiscard]] bool is_error(std::uint32_t payload_type);

/// Reads the error in `envelope`. What cannot be read gives the code UNKNOWN_ERROR.
[[nodiscard]] BrokerError decode_error(const Envelope& envelope);

}  // namespace depthwire::ctrader
