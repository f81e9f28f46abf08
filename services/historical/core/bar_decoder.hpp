#pragma once

#include "common/ctrader/decode.hpp"
#include "proto/bus/market.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <tl/expected.hpp>

#include <vector>

namespace depthwire::historical {

/// The bars of an answer to a request for bars of `period`, in the order of the answer; whether
/// they are closed it does not say. A bar of history does not say its own period (PROTOCOL.md 8.1).
[[nodiscard]] tl::expected<std::vector<bus::Bar>, ctrader::DecodeError> decode_bars(
    const ctrader::ProtoOAGetTrendbarsRes& answer, bus::Period period);

}  // namespace depthwire::historical
