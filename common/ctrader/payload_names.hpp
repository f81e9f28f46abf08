#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::ctrader {

/// The message that a payload type carries (ProtoOASpotEvent for 2131); nullptr if it is unknown.
[[nodiscard]] const google::protobuf::Descriptor* message_of(std::uint32_t payload_type);

/// An empty one of the messages that a payload type carries; nullptr if it is unknown.
[[nodiscard]] std::unique_ptr<google::protobuf::Message> make_payload(std::uint32_t payload_type);

/// The message's name, or "unknown".
[[nodiscard]] std::string payload_name(std::uint32_t payload_type);

/// The payload type called `name`: by its message (ProtoOASpotEvent), its constant
/// (PROTO_OA_SPOT_EVENT) or its number (2131, which may be one that nobody knows).
[[nodiscard]] std::optional<std::uint32_t> payload_type_of(std::string_view name);

}  // namespace depthwire::ctrader
