#include "common/journal/format.hpp"

#include "common/journal/crc32c.hpp"

#include <bit>
#include <cassert>
#include <cstring>

// The layout is written by memcpy of native integers.
static_assert(std::endian::native == std::endian::little, "journals are little-endian");

namespace depthwire::journal {
namespace {

constexpr std::string_view magic = "DPW1";
constexpr std::size_t prefix_bytes = 8;  // length, CRC
constexpr std::size_t min_frame_bytes = 1 + header_bytes;
constexpr std::size_t max_frame_bytes = max_topic_bytes + header_bytes + max_payload_bytes;

template <class T>
void put(char* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

template <class T>
T get(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

void put_header(char* at, const Header& header) {
  put(at, header.position.epoch);
  put(at + 8, header.position.offset);
  put(at + 16, header.topic_prev);
  put(at + 24, header.publish_time_ns);
  put(at + 32, header.payload_type);
  put(at + 34, header.flags);
  put(at + 36, header.schema);
  put(at + 38, std::uint16_t{0});
  put(at + 40, header.payload_length);
  std::memcpy(at + 44, magic.data(), magic.size());
}

}  // namespace

std::string to_string(Position position) {
  return std::to_string(position.epoch) + ':' + std::to_string(position.offset);
}

std::string_view to_string(FormatError error) {
  switch (error) {
    case FormatError::incomplete: return "the bytes end inside a record";
    case FormatError::end: return "no record";
    case FormatError::bad_length: return "impossible record length";
    case FormatError::bad_crc: return "checksum mismatch";
    case FormatError::bad_topic: return "topic without end";
    case FormatError::bad_magic: return "header without DPW1";
    case FormatError::bad_payload: return "payload length does not match";
  }
  return "unknown";
}

bool is_topic(std::string_view text) {
  return !text.empty() && text.find('|') == text.size() - 1 && text.size() <= max_topic_bytes;
}

std::size_t append_entry(std::string& out, std::string_view topic, const Header& header,
                         std::string_view payload) {
  assert(is_topic(topic));
  assert(payload.size() <= max_payload_bytes);
  const std::size_t frame_bytes = topic.size() + header_bytes + payload.size();
  const std::size_t start = out.size();
  out.resize(start + entry_bytes(frame_bytes));

  char* const frame = out.data() + start + prefix_bytes;
  std::memcpy(frame, topic.data(), topic.size());
  Header complete = header;
  complete.payload_length = static_cast<std::uint32_t>(payload.size());
  put_header(frame + topic.size(), complete);
  std::memcpy(frame + topic.size() + header_bytes, payload.data(), payload.size());

  put(out.data() + start, static_cast<std::uint32_t>(frame_bytes));
  put(out.data() + start + 4, crc32c({frame, frame_bytes}));
  return frame_bytes;
}

tl::expected<Record, FormatError> decode_frame(std::string_view frame) {
  const auto bar = frame.substr(0, max_topic_bytes).find('|');
  if (bar == std::string_view::npos) return tl::unexpected(FormatError::bad_topic);
  const std::size_t topic_bytes = bar + 1;
  if (frame.size() < topic_bytes + header_bytes) return tl::unexpected(FormatError::incomplete);

  const char* const at = frame.data() + topic_bytes;
  if (std::string_view(at + 44, 4) != magic) return tl::unexpected(FormatError::bad_magic);
  Record record;
  record.topic = frame.substr(0, topic_bytes);
  record.header.position = {get<std::uint64_t>(at), get<std::uint64_t>(at + 8)};
  record.header.topic_prev = get<std::uint64_t>(at + 16);
  record.header.publish_time_ns = get<std::int64_t>(at + 24);
  record.header.payload_type = get<std::uint16_t>(at + 32);
  record.header.flags = get<std::uint16_t>(at + 34);
  record.header.schema = get<std::uint16_t>(at + 36);
  record.header.payload_length = get<std::uint32_t>(at + 40);
  record.payload = frame.substr(topic_bytes + header_bytes);
  record.frame = frame;
  if (record.payload.size() != record.header.payload_length) {
    return tl::unexpected(FormatError::bad_payload);
  }
  return record;
}

tl::expected<Record, FormatError> decode_entry(std::string_view bytes) {
  if (bytes.size() < prefix_bytes) return tl::unexpected(FormatError::incomplete);
  const auto frame_bytes = get<std::uint32_t>(bytes.data());
  const auto crc = get<std::uint32_t>(bytes.data() + 4);
  if (frame_bytes == 0 && crc == 0) return tl::unexpected(FormatError::end);
  if (frame_bytes < min_frame_bytes || frame_bytes > max_frame_bytes) {
    return tl::unexpected(FormatError::bad_length);
  }
  if (bytes.size() < entry_bytes(frame_bytes)) return tl::unexpected(FormatError::incomplete);
  const auto frame = bytes.substr(prefix_bytes, frame_bytes);
  if (crc32c(frame) != crc) return tl::unexpected(FormatError::bad_crc);
  return decode_frame(frame);
}

}  // namespace depthwire::journal
