#pragma once

#include "common/journal/reader.hpp"

#include <cstdint>
#include <filesystem>

namespace depthwire::replay {

/// The records of a journal's files up to its end, for those who cannot go on after damage.
class Records {
 public:
  explicit Records(const std::filesystem::path& journal, journal::Position after = {})
      : reader_(journal, after) {}

  /// The next record, valid until the next call; nullptr at the end. Throws service::ExitError 65
  /// with the place where the journal is damaged, and where a segment is missing.
  const journal::Record* next();

 private:
  journal::ReadResult settled_next();

  journal::Reader reader_;
  journal::ReadResult result_;
};

/// The receive time of a record: 0 when it has none, or is not an envelope.
[[nodiscard]] std::int64_t receive_time_ns(const journal::Record& record);

/// The last record's position; {0, 0} in an empty journal. Reads only the last segment.
[[nodiscard]] journal::Position last_position(const std::filesystem::path& journal);

}  // namespace depthwire::replay
