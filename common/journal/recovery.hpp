#pragma once

#include "common/journal/segment.hpp"
#include "common/journal/writer.hpp"

#include <chrono>
#include <filesystem>
#include <vector>

namespace depthwire::journal {

/// What a writer needs to go on.
struct Recovery {
  Recovered found;
  TopicTable topics;
  std::vector<Segment> unchecked;  ///< sealed segments whose checksums there was no time to check
};

/// Makes the tail of a journal whole: cuts what is not a whole record, and for a stage what is not
/// a whole step. The tail is what follows the last sealed segment; a power cut may have kept a
/// later file of it and lost part of an earlier one, so the first hole ends the journal. What lies
/// behind that hole is kept aside, in `<segment>.cut`. The caller holds the lock.
///
/// All sealed segments are checked for their length and order, and the newest of them for their
/// checksums too, as many as `check_for` allows. Throws service::ExitError 65 when one is damaged
/// or missing; then no file has been touched.
[[nodiscard]] Recovery recover(const std::filesystem::path& directory, bool cut_to_step,
                               Storage& storage = disk(), const Time& time = system_time(),
                               std::chrono::milliseconds check_for = std::chrono::seconds(1));

}  // namespace depthwire::journal
