#pragma once

#include "common/journal/format.hpp"
#include "common/journal/seal.hpp"
#include "common/journal/storage.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::journal {

/// One file of a journal: `<epoch>-<first offset, 20 digits>.log`; in an archive `.log.zst`.
struct Segment {
  std::filesystem::path path;
  std::uint64_t epoch = 0;
  std::uint64_t first_offset = 0;
  bool archived = false;

  [[nodiscard]] Position first() const { return {epoch, first_offset}; }
};

[[nodiscard]] std::string segment_name(std::uint64_t epoch, std::uint64_t first_offset);
[[nodiscard]] std::optional<Segment> parse_segment(const std::filesystem::path& path);

/// The segments of a directory in position order, each once. Throws std::system_error when it is
/// unreadable.
[[nodiscard]] std::vector<Segment> list_segments(const std::filesystem::path& directory,
                                                 Storage& storage = disk());

/// What recovery kept aside of a segment.
[[nodiscard]] std::filesystem::path cut_path(const std::filesystem::path& segment);

/// Removes what was kept aside of segments before the oldest that is left: nobody can compare it
/// with anything any more.
void remove_old_cuts(const std::filesystem::path& directory, Storage& storage = disk());

/// What a scan of one segment's bytes found.
struct Scan {
  std::size_t valid_bytes = 0;  ///< up to here all is whole
  std::size_t step_bytes = 0;   ///< up to here every step is whole
  Position last;                ///< of the whole records
  std::int64_t last_time_ns = 0;
  std::uint64_t records_after_step = 0;
  FormatError stopped_by = FormatError::end;
  std::size_t garbage_bytes = 0;  ///< after valid_bytes, up to the last byte that is not zero

  /// Nothing but whole records, and zeros where space was taken ahead.
  [[nodiscard]] bool whole() const {
    const bool at_end = stopped_by == FormatError::end || stopped_by == FormatError::incomplete;
    return at_end && garbage_bytes == 0;
  }
};

/// Reads records while magic, bounds, CRC and continuity hold; tells each to `topics`.
[[nodiscard]] Scan scan_segment(std::string_view bytes, const Segment& segment, TopicTable& topics);

/// Where and why the scan stopped, in words.
[[nodiscard]] std::string stop(const Scan& scan);

/// How the bytes of a sealed segment are not what its seal says, in words; nothing when they are.
[[nodiscard]] std::optional<std::string> damage(std::string_view bytes, const Segment& segment,
                                                const Seal& seal);

}  // namespace depthwire::journal
