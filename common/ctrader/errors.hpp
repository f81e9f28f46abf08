#pragma once

#include "common/ctrader/decode.hpp"

#include <chrono>
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

/// As for its code, but for a text that tells more than its code does.
[[nodiscard]] ErrorClass classify(const BrokerError& error);

/// While authenticating: the one token that we hold is refused for good.
[[nodiscard]] bool refuses_token(const BrokerError& error);

/// How long the server asks to be left alone, at `now_ms` Unix time: `retryAfter`, at most 5
/// minutes, or what is left of a maintenance, at most 15, as the end that is announced may be
/// wrong. Zero where it asks for nothing.
[[nodiscard]] std::chrono::milliseconds pause_asked_for(const BrokerError& error,
                                                        std::int64_t now_ms);

/// "CODE: description", or the code alone.
[[nodiscard]] std::string to_string(const BrokerError& error);

[[nodiscard]] bool is_error(std::uint32_t payload_type);

/// Reads the error in `envelope`. What cannot be read gives the code UNKNOWN_ERROR.
[[nodiscard]] BrokerError decode_error(const Envelope& envelope);

}  // namespace depthwire::ctrader
