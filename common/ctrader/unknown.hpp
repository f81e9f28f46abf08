#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <string_view>

namespace depthwire::ctrader {

/// What a message has that its type does not name: a newer protocol than ours.
struct Unknown {
  std::uint64_t fields = 0;
  std::uint64_t enum_values = 0;
};

/// Looks through the bytes of a message of `type` and those within it; through what is malformed up
/// to there.
[[nodiscard]] Unknown find_unknown(std::string_view payload,
                                   const google::protobuf::Descriptor& type);

}  // namespace depthwire::ctrader
