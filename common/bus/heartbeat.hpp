#pragma once

#include "common/journal/format.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace depthwire::bus {

/// How often a publisher says that it is there.
inline constexpr std::chrono::milliseconds heartbeat_every{250};

/// The frame of a HEARTBEAT of `source`: never journaled, at the position of its head.
[[nodiscard]] std::string heartbeat_frame(const std::string& source, journal::Position head,
                                          std::int64_t time_ns);

}  // namespace depthwire::bus
