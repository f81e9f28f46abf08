#include "cli/commands.hpp"
#include "common/journal/reader.hpp"
#include "common/journal/segment.hpp"
#include "common/service/exit_error.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cstdio>
#include <memory>

namespace depthwire::cli {
namespace {

namespace fs = std::filesystem;
using journal::Position;
using journal::Segment;
using nlohmann::json;

[[noreturn]] void usage(const std::string& text) {
  throw service::ExitError(service::exit_code::usage, text);
}

Position parse_position(const std::string& text) {
  Position position;
  const char* const end = text.data() + text.size();
  const auto epoch = std::from_chars(text.data(), end, position.epoch);
  if (epoch.ec == std::errc{} && epoch.ptr != end && *epoch.ptr == ':') {
    const auto offset = std::from_chars(epoch.ptr + 1, end, position.offset);
    if (offset.ec == std::errc{} && offset.ptr == end) return position;
  }
  usage("--before: expected EPOCH:OFFSET, as `depthwire journal stat` prints positions, got \"" +
        text + "\"");
}

/// Holds the journal against a publisher; nullptr for an archive, which nobody writes in place.
std::unique_ptr<journal::StorageFile> lock_to_trim(const fs::path& directory) {
  if (!fs::exists(directory / "LOCK")) return nullptr;
  auto file = journal::disk().open(directory / "LOCK", journal::Access::lock);
  if (file->try_lock()) return file;
  throw service::ExitError(service::exit_code::lock_held,
                           "journal " + directory.string() +
                               " is in use by a running process, which trims it by itself "
                               "(bus.retention). Stop the process first.");
}

std::int64_t last_time_ns(const fs::path& directory, const Segment& segment) {
  if (const auto seal = journal::load_seal(journal::disk(), segment.path)) {
    return seal->last_time_ns;
  }
  // Before its first record lies the segment before, so reading begins in this one.
  journal::Reader reader(directory, {segment.epoch, segment.first_offset - 1});
  std::int64_t time = 0;
  for (;;) {
    const auto next = reader.next();
    const auto* record = std::get_if<journal::Record>(&next);
    if (record == nullptr || record->position().epoch != segment.epoch) return time;
    time = record->header.publish_time_ns;
  }
}

void print(const fs::path& directory, const Segment& segment, Position last, bool dry_run,
           bool as_json) {
  const auto bytes = fs::file_size(segment.path);
  if (as_json) {
    const json out = {{"journal", directory.string()},
                      {"segment", segment.path.filename().string()},
                      {"first", to_string(segment.first())},
                      {"last_offset", last.offset},
                      {"bytes", bytes},
                      {"removed", !dry_run}};
    std::printf("%s\n", out.dump().c_str());
    return;
  }
  std::printf("%s %s: %s to offset %zu, %zu bytes\n", dry_run ? "would remove" : "removing",
              segment.path.c_str(), to_string(segment.first()).c_str(),
              static_cast<std::size_t>(last.offset), static_cast<std::size_t>(bytes));
}

}  // namespace

int journal_trim(const JournalTrimOptions& options) {
  if (options.before.empty() == (options.older_than_hours <= 0)) {
    usage("expected either --before EPOCH:OFFSET or --older-than HOURS");
  }
  if (!fs::is_directory(options.directory)) {
    usage(options.directory.string() + " is not a directory");
  }
  const auto before = options.before.empty() ? Position{} : parse_position(options.before);
  const auto oldest_ns = journal::system_time().utc_ns() -
                         static_cast<std::int64_t>(options.older_than_hours * 3.6e12);
  const auto held = lock_to_trim(options.directory);
  const auto segments = journal::list_segments(options.directory);
  if (segments.empty()) usage("no journal in " + options.directory.string());
  // The newest stays: a publisher goes on from its last record.
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    const bool goes = options.before.empty()
                          ? last_time_ns(options.directory, segments[i]) < oldest_ns
                          : segments[i + 1].first() <= before;
    if (!goes) break;
    print(options.directory, segments[i], {segments[i].epoch, segments[i + 1].first_offset - 1},
          options.dry_run, options.json);
    if (options.dry_run) continue;
    journal::disk().remove(segments[i].path);
    journal::disk().sync_directory(options.directory);
    journal::disk().remove(journal::seal_path(segments[i].path));
  }
  if (!options.dry_run) journal::remove_old_cuts(options.directory);
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
