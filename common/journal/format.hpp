#pragma once

#include <tl/expected.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace depthwire::journal {

/// A place in one publisher's log. Ordered by (epoch, offset); {0, 0} is before everything.
struct Position {
  std::uint64_t epoch = 0;
  std::uint64_t offset = 0;
  auto operator<=>(const Position&) const = default;
};

/// "epoch:offset"
[[nodiscard]] std::string to_string(Position position);

inline constexpr std::size_t header_bytes = 48;
inline constexpr std::size_t max_payload_bytes = 1 << 20;
inline constexpr std::size_t max_topic_bytes = 255;
inline constexpr std::uint16_t schema_version = 1;

/// Flag bits of a record; no bit ever gets a second meaning.
enum Flags : std::uint16_t {
  no_flags = 0,
  synthetic = 1,    ///< backfilled, not seen live
  end_of_step = 2,  ///< the last output of one input
  keyframe = 4,     ///< a late reader of the topic may begin here
};

/// Payload types from here on are control records.
inline constexpr std::uint16_t first_control_type = 100;

/// The fixed 48 bytes between topic and payload.
struct Header {
  Position position;
  std::uint64_t topic_prev = 0;      ///< offset of the previous record of the topic; 0 = first
  std::int64_t publish_time_ns = 0;  ///< UTC; a label, no computation reads it
  std::uint16_t payload_type = 0;    ///< number of the envelope's payload field
  std::uint16_t flags = no_flags;
  std::uint16_t schema = schema_version;
  std::uint32_t payload_length = 0;
};

/// One record as it lies in a frame; the views point into the bytes it was read from.
struct Record {
  std::string_view topic;  ///< ends in '|'
  Header header;
  std::string_view payload;
  std::string_view frame;  ///< topic, header and payload: what ZeroMQ carries

  [[nodiscard]] Position position() const { return header.position; }
  [[nodiscard]] bool control() const { return header.payload_type >= first_control_type; }
};

/// Why bytes are not a record.
enum class FormatError : std::uint8_t {
  incomplete,  ///< the bytes end inside the entry
  end,         ///< zeros: nothing has been written here
  bad_length,  ///< a length that no entry can have
  bad_crc,
  bad_topic,  ///< no '|' within 255 bytes
  bad_magic,
  bad_payload,  ///< the header's payload length is not what follows
};
[[nodiscard]] std::string_view to_string(FormatError error);

/// A topic ends in '|', its only one, and is not too long.
[[nodiscard]] bool is_topic(std::string_view text);

/// Bytes of the entry that holds a frame of `frame_bytes`: lengths, CRC, frame, padding to 8.
[[nodiscard]] constexpr std::size_t entry_bytes(std::size_t frame_bytes) {
  return (8 + frame_bytes + 7) / 8 * 8;
}

/// Appends the entry of one record to `out` and returns the size of its frame, which begins 8
/// bytes into the entry. `topic` ends in '|'; payload at most 1 MiB.
std::size_t append_entry(std::string& out, std::string_view topic, const Header& header,
                         std::string_view payload);

/// Reads a frame as ZeroMQ delivers it.
[[nodiscard]] tl::expected<Record, FormatError> decode_frame(std::string_view frame);

/// Reads the entry at the start of `bytes`, CRC included.
[[nodiscard]] tl::expected<Record, FormatError> decode_entry(std::string_view bytes);

}  // namespace depthwire::journal
