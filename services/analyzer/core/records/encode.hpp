#pragma once

#include "proto/bus/envelope.pb.h"
#include "services/analyzer/core/base/output.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace depthwire::analyzer {

/// What outputs share: whose they are and what they rest on.
struct EncodeContext {
  std::string_view provider;
  std::string_view source;  ///< of the inputs: <environment>.streaming
  std::uint64_t params_hash = 0;
};

/// Fills `envelope`, replacing what it holds, and gives the number of its payload field.
int encode(const Output& output, const EncodeContext& context, bus::Envelope& envelope);

/// The topic kind of an output: signal, flow or sentiment.
[[nodiscard]] std::string_view kind_of(const Output& output);

}  // namespace depthwire::analyzer
