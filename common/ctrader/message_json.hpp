#pragma once

#include <google/protobuf/message.h>
#include <nlohmann/json_fwd.hpp>
#include <tl/expected.hpp>

#include <string>

namespace depthwire::ctrader {

enum class Secrets : std::uint8_t { shown, masked };

/// The fields that are set, under their names on the wire, numbers and enums as numbers, as the
/// JSON form of the API has them; extensions under their full names in brackets. Source:
/// PROTOCOL.md 2.1. What is `masked` (client secret, access and refresh token) is `***`: for logs.
[[nodiscard]] nlohmann::ordered_json to_json(const google::protobuf::Message& message,
                                             Secrets secrets = Secrets::shown);

/// Sets the fields that `json` has. As tolerant as servers and the wire are: integers may be
/// quoted, enums be named, a single value stand for a list of it; null, keys that we do not know
/// and names of enums that we do not know count as absent, and no field is required; what is not
/// known is left for find_unknown(). Anything else is an error that says where and what:
/// "symbol[2].digits: expected an integer of 32 bits, got true".
[[nodiscard]] tl::expected<void, std::string> from_json(const nlohmann::json& json,
                                                        google::protobuf::Message& message);

}  // namespace depthwire::ctrader
