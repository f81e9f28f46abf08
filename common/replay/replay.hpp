#pragma once

#include "common/journal/format.hpp"
#include "common/replay/stage_replay.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace depthwire::replay {

/// A receive time, UTC nanoseconds since 1970.
struct Instant {
  std::int64_t ns = 0;
};
/// Where a replay begins or ends: a position of the input, or a receive time.
using Bound = std::variant<journal::Position, Instant>;

/// `EPOCH:OFFSET`, `2026-11-21`, `2026-11-21T13:45` or with seconds and a fraction, UTC; nothing
/// when the text is none of these.
[[nodiscard]] std::optional<Bound> parse_bound(std::string_view text);
[[nodiscard]] std::optional<journal::Position> parse_position(std::string_view text);

/// What a replay reads.
struct Input {
  std::filesystem::path journal;
  std::optional<Bound> from;  ///< what comes before is stepped in silence, for the state
  std::optional<Bound> to;    ///< the last record, included
  double speed = 0;           ///< times the speed of the receive times; 0: as fast as it goes
};

struct Progress {
  std::uint64_t records = 0;
  double share = 0;    ///< of the journal, in [0, 1]
  double seconds = 0;  ///< since the replay began
};

struct Summary {
  std::uint64_t records = 0;
  journal::Position first;  ///< {0, 0}: there was no record
  journal::Position last;
  double seconds = 0;
};

/// Steps `stages` over a recorded journal, in one pass. Calls `progress` a few times a second.
/// Throws service::ExitError 65 where the journal is damaged; what was made before that stays.
Summary run(const Input& input, const std::vector<std::unique_ptr<StageReplay>>& stages,
            const std::function<void(const Progress&)>& progress);

}  // namespace depthwire::replay
