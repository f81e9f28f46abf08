#pragma once

#include "common/journal/segment.hpp"
#include "common/journal/writer.hpp"

#include <filesystem>

namespace depthwire::journal {

/// What a writer needs to go on.
struct Recovery {
  Recovered found;
  TopicTable topics;
};

/// Makes the tail of a journal whole: cuts what is not a whole record, and for a stage what is not
/// a whole step. The tail is what follows the last sealed segment; a power cut may have kept a
/// later file of it and lost part of an earlier one, so the first hole ends the journal. The caller
/// holds the lock. Throws service::ExitError 65 when a sealed segment is damaged or a segment is
/// missing; then no file has been touched.
[[nodiscard]] Recovery recover(const std::filesystem::path& directory, bool cut_to_step,
                               Storage& storage = disk());

}  // namespace depthwire::journal
