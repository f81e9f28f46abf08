#pragma once

#include "proto/bus/command.pb.h"

#include <cstdint>
#include <optional>
#include <string>

namespace depthwire::historical {

/// Why a request for bars or ticks would be refused, in words; nothing when it may be sent. The
/// broker's limits on the width of a request are those of its documentation.
[[nodiscard]] std::optional<std::string> check(const bus::BarsCommand& command);
[[nodiscard]] std::optional<std::string> check(const bus::TicksCommand& command);

/// How long a bar of `period` lasts at most, in ns; a month counts 31 days.
[[nodiscard]] std::int64_t length_ns(bus::Period period);

}  // namespace depthwire::historical
