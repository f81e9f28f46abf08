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
/// a whole step. Only the last segment that holds records is read, but for topics whose table is
/// missing. The caller holds the lock. Throws service::ExitError 65 when an earlier segment is
/// damaged; then no file has been touched.
[[nodiscard]] Recovery recover(const std::filesystem::path& directory, bool cut_to_step);

}  // namespace depthwire::journal
