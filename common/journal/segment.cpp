#include "common/journal/segment.hpp"

#include "common/journal/crc32c.hpp"
#include "common/journal/file.hpp"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <fstream>
#include <tuple>

namespace depthwire::journal {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::filesystem::path topics_path(const std::filesystem::path& segment) {
  return segment.string() + ".topics";
}

}  // namespace

std::string segment_name(std::uint64_t epoch, std::uint64_t first_offset) {
  std::string digits = std::to_string(first_offset);
  digits.insert(0, 20 - digits.size(), '0');
  return std::to_string(epoch) + '-' + digits + ".log";
}

std::optional<Segment> parse_segment(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  const auto dash = name.find('-');
  if (dash == std::string::npos || !name.ends_with(".log")) return std::nullopt;
  const auto epoch = parse_number(std::string_view(name).substr(0, dash));
  const auto first =
      parse_number(std::string_view(name).substr(dash + 1, name.size() - dash - 1 - 4));
  if (!epoch || !first) return std::nullopt;
  return Segment{path, *epoch, *first};
}

std::vector<Segment> list_segments(const std::filesystem::path& directory) {
  std::vector<Segment> segments;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (auto segment = parse_segment(entry.path())) segments.push_back(std::move(*segment));
  }
  std::sort(segments.begin(), segments.end(), [](const Segment& a, const Segment& b) {
    return std::tie(a.epoch, a.first_offset) < std::tie(b.epoch, b.first_offset);
  });
  return segments;
}

void store_topics(const std::filesystem::path& segment, const TopicTable& topics) {
  std::string text;
  for (const auto& [topic, offset] : topics) text += std::to_string(offset) + ' ' + topic + '\n';
  text += "crc " + std::to_string(crc32c(text)) + '\n';

  const auto path = topics_path(segment);
  const auto fresh = path.string() + ".new";
  const File file(fresh, O_WRONLY | O_CREAT | O_TRUNC);
  file.write_at(text, 0);
  std::filesystem::rename(fresh, path);
}

std::optional<TopicTable> load_topics(const std::filesystem::path& segment) {
  std::ifstream file(topics_path(segment), std::ios::binary);
  if (!file) return std::nullopt;
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  const auto crc_line = text.rfind("crc ");
  if (crc_line == std::string::npos || text.back() != '\n') return std::nullopt;
  const auto crc =
      parse_number(std::string_view(text).substr(crc_line + 4, text.size() - crc_line - 5));
  const auto body = std::string_view(text).substr(0, crc_line);
  if (crc != crc32c(body)) return std::nullopt;

  TopicTable topics;
  for (std::size_t at = 0; at < body.size();) {
    const auto end = body.find('\n', at);
    const auto line = body.substr(at, end - at);
    const auto space = line.find(' ');
    const auto offset = parse_number(line.substr(0, space));
    if (!offset || space == std::string_view::npos) return std::nullopt;
    topics.emplace(line.substr(space + 1), *offset);
    at = end + 1;
  }
  return topics;
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
    const auto known = topics.find(record->topic);
    if (known == topics.end()) {
      topics.emplace(record->topic, scan.last.offset);
    } else {
      known->second = scan.last.offset;
    }
    ++scan.records_after_step;
    if (record->control() || (record->header.flags & end_of_step) != 0) {
      scan.step_bytes = scan.valid_bytes;
      scan.last_step = scan.last;
      scan.records_after_step = 0;
    }
  }
  const auto rest = bytes.substr(scan.valid_bytes);
  const auto last = rest.find_last_not_of('\0');
  scan.garbage_bytes = last == std::string_view::npos ? 0 : last + 1;
  return scan;
}

}  // namespace depthwire::journal
