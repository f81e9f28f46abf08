#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::gateway {

/// What a client may subscribe to. `status` and `hello` reach everybody.
enum class Stream : std::uint8_t {
  book,
  spot,
  signal,
  series,
  flow,
  sentiment,
  bar,
  symbol,
  connection,
  alert,
  status,
};
inline constexpr std::size_t stream_count = 11;

[[nodiscard]] std::string_view to_string(Stream stream);
[[nodiscard]] std::optional<Stream> parse_stream(std::string_view name);

/// One message as it goes over the wire, WebSocket header included: encoded once, shared by every
/// client that is sent it.
struct Frame {
  /// An event: every one counts, none stands for another.
  static constexpr std::uint32_t no_slot = UINT32_MAX;

  Stream stream = Stream::status;
  std::string symbol;            ///< empty: of no symbol, for everybody
  std::uint32_t slot = no_slot;  ///< a newer frame of the same slot makes this one worthless
  std::string bytes;
};
using FramePtr = std::shared_ptr<const Frame>;

/// Appends the header of an unmasked, final text frame. Source: RFC 6455, 5.2.
void append_text_header(std::string& out, std::size_t payload_bytes);

/// A whole text frame.
[[nodiscard]] std::string text_frame(std::string_view payload);

/// A whole close frame; `reason` at most 123 bytes. Source: RFC 6455, 5.5.1.
[[nodiscard]] std::string close_frame(std::uint16_t code, std::string_view reason);

/// The payload of an unmasked text frame, as a test or a bench reads it.
[[nodiscard]] std::string_view frame_payload(std::string_view frame);

inline constexpr std::uint16_t close_try_again_later = 1013;
inline constexpr std::uint16_t close_going_away = 1001;
inline constexpr std::uint16_t close_policy = 1008;

}  // namespace depthwire::gateway
