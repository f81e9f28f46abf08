#pragma once

#include "common/journal/segment.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace depthwire::journal {

/// The bytes of a segment as a journal holds it, unpacked if it lies in an archive. Nothing when
/// the archived file is damaged. Throws std::system_error when it cannot be read.
[[nodiscard]] std::optional<std::string> read_segment(Storage& storage, const Segment& segment);

/// Opens a segment for reading, archived or not. nullptr when the archived file is damaged.
[[nodiscard]] std::unique_ptr<StorageFile> open_segment(Storage& storage, const Segment& segment);

/// Where `segment` lies in `archive`: its name and ".zst".
[[nodiscard]] std::filesystem::path archived_path(const std::filesystem::path& archive,
                                                  const Segment& segment);

/// Stores the bytes of a sealed segment in `archive`, packed with zstd, durably, and under its name
/// only once all of it is there. Throws std::system_error.
void archive_segment(Storage& storage, const Segment& segment, std::string_view bytes,
                     const std::filesystem::path& archive);

}  // namespace depthwire::journal
