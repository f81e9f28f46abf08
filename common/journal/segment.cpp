#include "common/journal/segment.hpp"

#include <algorithm>
#include <charconv>
#include <tuple>

namespace depthwire::journal {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

constexpr std::string_view cut_extension = ".cut";

}  // namespace

std::string segment_name(std::uint64_t epoch, std::uint64_t first_offset) {
  std::string digits = std::to_string(first_offset);
  digits.insert(0, 20 - digits.size(), '0');
  return std::to_string(epoch) + '-' + digits + ".log";
}

std::optional<Segment> parse_segment(const std::filesystem::path& path) {
  std::string name = path.filename().string();
  const bool archived = name.ends_with(".log.zst");
  if (archived) name.resize(name.size() - 4);
  const auto dash = name.find('-');
  if (dash == std::string::npos || !name.ends_with(".log")) return std::nullopt;
  const auto epoch = parse_number(std::string_view(name).substr(0, dash));
  const auto first =
      parse_number(std::string_view(name).substr(dash + 1, name.size() - dash - 1 - 4));
  if (!epoch || !first) return std::nullopt;
  return Segment{path, *epoch, *first, archived};
}

std::vector<Segment> list_segments(const std::filesystem::path& directory, Storage& storage) {
  std::vector<Segment> segments;
  for (const auto& name : storage.list(directory)) {
    if (auto segment = parse_segment(directory / name)) segments.push_back(std::move(*segment));
  }
  // Where a segment is there twice, the one that is not archived comes first and stays.
  std::sort(segments.begin(), segments.end(), [](const Segment& a, const Segment& b) {
    return std::tuple(a.first(), a.archived) < std::tuple(b.first(), b.archived);
  });
  const auto same = [](const Segment& a, const Segment& b) { return a.first() == b.first(); };
  segments.erase(std::unique(segments.begin(), segments.end(), same), segments.end());
  return segments;
}

std::filesystem::path cut_path(const std::filesystem::path& segment) {
  return segment.string() + std::string(cut_extension);
}

void remove_old_cuts(const std::filesystem::path& directory, Storage& storage) {
  const auto segments = list_segments(directory, storage);
  if (segments.empty()) return;
  for (const auto& name : storage.list(directory)) {
    if (!name.ends_with(cut_extension)) continue;
    const auto cut = parse_segment(name.substr(0, name.size() - cut_extension.size()));
    if (cut && cut->first() < segments.front().first()) storage.remove(directory / name);
  }
}

Scan scan_segment(std::string_view bytes, const Segment& segment, TopicTable& topics) {
  Scan scan;
  std::uint64_t expected = segment.first_offset;
  while (true) {
    const auto record = decode_entry(bytes.substr(scan.valid_bytes));
    if (!record) {
      scan.stopped_by = record.error();
      break;
    }
    if (record->position() != Position{segment.epoch, expected}) {
      scan.stopped_by = FormatError::bad_payload;
      break;
    }
    ++expected;
    scan.valid_bytes += entry_bytes(record->frame.size());
    scan.last = record->position();
    scan.last_time_ns = record->header.publish_time_ns;
    const auto known = topics.find(record->topic);
    if (known == topics.end()) {
      topics.emplace(record->topic, scan.last.offset);
    } else {
      known->second = scan.last.offset;
    }
    ++scan.records_after_step;
    if (record->control() || (record->header.flags & end_of_step) != 0) {
      scan.step_bytes = scan.valid_bytes;
      scan.records_after_step = 0;
    }
  }
  const auto rest = bytes.substr(scan.valid_bytes);
  const auto last = rest.find_last_not_of('\0');
  scan.garbage_bytes = last == std::string_view::npos ? 0 : last + 1;
  return scan;
}

std::string stop(const Scan& scan) {
  return std::string(to_string(scan.stopped_by)) + " at byte " + std::to_string(scan.valid_bytes);
}

std::optional<std::string> damage(std::string_view bytes, const Segment& segment,
                                  const Seal& seal) {
  TopicTable ignored;
  const auto scan = scan_segment(bytes, segment, ignored);
  if (bytes.size() != seal.bytes || scan.valid_bytes != seal.bytes) return stop(scan);
  if (scan.last == seal.last) return std::nullopt;
  return "it ends with offset " + std::to_string(scan.last.offset) + " instead of " +
         std::to_string(seal.last.offset);
}

}  // namespace depthwire::journal
