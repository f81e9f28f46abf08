#pragma once

#include <google/protobuf/message.h>
#include <nlohmann/json_fwd.hpp>

namespace depthwire::simulator {

/// The fields that are set, under their names on the wire, numbers and enums as numbers, as the
/// JSON form of the API has them. Source: PROTOCOL.md 2.1. What is secret (client secret, access
/// and refresh token) is `***`: this is for logs.
[[nodiscard]] nlohmann::ordered_json masked_json(const google::protobuf::Message& message);

}  // namespace depthwire::simulator
