#pragma once

#include "proto/ctrader/common.pb.h"

#include <tl/expected.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace depthwire::ctrader {

/// The message that `text` is in the JSON form of the API (PROTOCOL.md 2.1), as its binary form.
/// The payload of a type that we do not know is dropped. An error says where and what: "line 1,
/// column 17: ...", "payload.symbolId[0]: expected an integer of 64 bits, got true".
[[nodiscard]] tl::expected<ProtoMessage, std::string> message_from_json(std::string_view text);

/// `message` in the JSON form; nothing when its payload is not the message of its type. Fields that
/// the schema does not have are left out, and so is the payload of a type that we do not know.
[[nodiscard]] std::optional<std::string> json_from_message(const ProtoMessage& message);

}  // namespace depthwire::ctrader
