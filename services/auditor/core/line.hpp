#pragma once

#include "common/journal/format.hpp"
#include "proto/bus/envelope.pb.h"

#include <optional>
#include <string>
#include <string_view>

namespace depthwire::auditor {

/// The line of a connection event, with its line end:
///
///   2026-11-20T09:30:00.000000000Z streaming ready endpoint=host:5035 account=7 reason="..."
///   position=sim.streaming:17952:2      (in one line)
///
/// The position is the last word, so that a log says itself how far it got. Nothing that the broker
/// says can end the line or look like another word: the reason is quoted and escaped.
///
/// The time is the envelope's receive time; `publish_time_ns` stands in where there is none yet, as
/// before a simulator has told its time.
[[nodiscard]] std::string connection_line(const bus::Envelope& envelope, std::string_view source,
                                          journal::Position position,
                                          std::int64_t publish_time_ns = 0);

/// The line that takes the place of records of `source` that are gone for good: what lies after
/// `after` and before `first`. Its position is that of the last one gone.
[[nodiscard]] std::string loss_line(std::int64_t time_ns, std::string_view source,
                                    journal::Position after, journal::Position first);

struct SourcePosition {
  std::string source;
  journal::Position position;
  bool operator==(const SourcePosition&) const = default;
};

/// The position at the end of a line (without its line end); nothing when it has none.
[[nodiscard]] std::optional<SourcePosition> line_position(std::string_view line);

/// 2026-11-20T09:30:00.000000000Z
[[nodiscard]] std::string utc_text(std::int64_t time_ns);

}  // namespace depthwire::auditor
