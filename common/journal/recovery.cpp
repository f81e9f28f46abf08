#include "common/journal/recovery.hpp"

#include "common/journal/file.hpp"
#include "common/service/exit_error.hpp"

#include <fcntl.h>

#include <string>
#include <vector>

namespace depthwire::journal {
namespace {

std::string read_all(const File& file) {
  std::string bytes(file.size(), '\0');
  bytes.resize(file.read_at(bytes.data(), bytes.size(), 0));
  return bytes;
}

// The topics as of the end of `segments[count - 1]`: from its table, or by reading it and, as far
// as their tables are missing too, those before it.
TopicTable topics_before(const std::vector<Segment>& segments, std::size_t count) {
  std::size_t from = count;
  TopicTable topics;
  while (from > 0) {
    if (auto table = load_topics(segments[from - 1].path)) {
      topics = std::move(*table);
      break;
    }
    --from;
  }
  for (; from < count; ++from) {
    const auto bytes = read_all(File(segments[from].path, O_RDONLY));
    const auto scan = scan_segment(bytes, segments[from], topics);
    const bool whole = scan.garbage_bytes == 0 &&
                       (scan.stopped_by == FormatError::end || scan.valid_bytes == bytes.size());
    if (!whole) {
      throw service::ExitError(
          service::exit_code::corrupt,
          "journal segment " + segments[from].path.string() + " is damaged at byte " +
              std::to_string(scan.valid_bytes) + " (" + std::string(to_string(scan.stopped_by)) +
              "); nothing was changed. Restore the file from a copy, or move the journal away to "
              "begin a new one: its consumers will record the loss.");
    }
  }
  return topics;
}

}  // namespace

Recovery recover(const std::filesystem::path& directory, bool cut_to_step) {
  const auto segments = list_segments(directory);
  Recovery recovery;
  for (std::size_t count = segments.size(); count > 0; --count) {
    const Segment& last = segments[count - 1];
    const auto topics = topics_before(segments, count - 1);
    const File file(last.path, O_RDWR);
    const auto bytes = read_all(file);

    recovery.topics = topics;
    auto scan = scan_segment(bytes, last, recovery.topics);
    recovery.found.torn_bytes += scan.garbage_bytes;
    std::size_t keep = scan.valid_bytes;
    if (cut_to_step && scan.records_after_step > 0) {
      recovery.found.cut_records += scan.records_after_step;
      keep = scan.step_bytes;
      recovery.topics = topics;
      scan = scan_segment(std::string_view(bytes).substr(0, keep), last, recovery.topics);
    }
    if (keep > 0) {
      file.truncate(keep);
      file.sync_data();
      store_topics(last.path, recovery.topics);
      recovery.found.last = scan.last;
      return recovery;
    }
    // Nothing whole was written here: a life that ended before its first group.
    std::filesystem::remove(last.path);
    std::filesystem::remove(last.path.string() + ".topics");
  }
  recovery.topics.clear();
  return recovery;
}

}  // namespace depthwire::journal
