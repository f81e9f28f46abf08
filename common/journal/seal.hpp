#pragma once

#include "common/journal/format.hpp"
#include "common/journal/storage.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace depthwire::journal {

/// Topic -> offset of its newest record.
using TopicTable = std::map<std::string, std::uint64_t, std::less<>>;

/// What lies beside a finished segment in `<segment>.topics`. It is made durable only after the
/// segment is, and segments are sealed in order: whatever a sealed segment lacks was lost by
/// damage, never by a power cut. It also saves a restart from reading all segments for the
/// previous offset of each topic.
struct Seal {
  std::uint64_t bytes = 0;
  Position last;
  std::int64_t last_time_ns = 0;  ///< publish time of the last record
  TopicTable topics;
};

[[nodiscard]] std::filesystem::path seal_path(const std::filesystem::path& segment);

/// Stores the seal durably; the segment must be so already.
void store_seal(Storage& storage, const std::filesystem::path& segment, const Seal& seal);
/// Nothing when there is none or it does not check out.
[[nodiscard]] std::optional<Seal> load_seal(Storage& storage, const std::filesystem::path& segment);

}  // namespace depthwire::journal
