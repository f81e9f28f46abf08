#pragma once

#include "common/journal/format.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace depthwire::ctrader {

/// What the journal of an earlier life tells the next one.
struct JournalTail {
  bool has_records = false;
  std::int64_t last_receive_ns = 0;           ///< no stamp may lie below it
  std::optional<std::int64_t> down_since_ns;  ///< the source was down when that life ended
};

/// Reads the end of the journal in `directory`, at most the last 200,000 records up to `last`. A
/// damaged record ends the reading; the publisher's recovery has judged the journal already.
[[nodiscard]] JournalTail read_journal_tail(const std::filesystem::path& directory,
                                            journal::Position last);

}  // namespace depthwire::ctrader
