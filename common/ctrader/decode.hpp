// The tolerant fast path for what streams: a frame's envelope, spot events and depth events,
// decoded by hand into market values. Fields we do not know, in any order, are passed over; the
// protobuf classes would refuse an event that lacks a required field we do not need.
#pragma once

#include "common/market/types.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace depthwire::ctrader {

/// Why bytes were refused.
enum class DecodeError : std::uint8_t {
  malformed,      ///< not a protobuf message
  missing_field,  ///< payload type, symbol, quote id or size
  unclear_side,   ///< a depth quote with neither or both of bid and ask
  out_of_range,   ///< a price or size above 2^62, a time that nanoseconds since 1970 cannot tell
};

[[nodiscard]] std::string_view to_string(DecodeError error);

/// What every frame carries. Views into the frame.
struct Envelope {
  std::uint32_t payload_type = 0;
  std::string_view payload;        ///< empty where the server sent none
  std::string_view client_msg_id;  ///< empty in pushed events
};

/// The latest times on the wire that fit into nanoseconds since 1970: in the year 2262.
inline constexpr std::int64_t latest_ms = 9'223'372'036'854;
inline constexpr std::int64_t latest_minutes = latest_ms / 60'000;

/// The forming bar inside a spot event, or one of the past. Built from bids. cTrader's live bars
/// have no close of their own: it is the bid of the event.
struct LiveBar {
  std::uint32_t period = 1;  ///< number of ProtoOATrendbarPeriod
  std::int64_t open_time_minutes = 0;
  market::Price open, high, low;
  std::optional<market::Price> close;
  std::uint64_t tick_count = 0;
  bool operator==(const LiveBar&) const = default;
};

struct SpotEvent {
  std::int64_t symbol_id = 0;
  market::Spot spot;
  std::optional<std::int64_t> timestamp_ms;
  std::optional<std::int64_t> simulator_time_ns;
  std::vector<LiveBar> bars;
  std::uint32_t unknown_fields = 0;  ///< passed over, those of its bars too
};

struct DepthEvent {
  std::int64_t symbol_id = 0;
  market::DepthUpdate update;
  std::optional<std::int64_t> simulator_time_ns;
  std::uint32_t unknown_fields = 0;  ///< passed over
};

[[nodiscard]] tl::expected<Envelope, DecodeError> decode_envelope(std::string_view frame);

/// A ProtoOATrendbar.
[[nodiscard]] tl::expected<LiveBar, DecodeError> decode_bar(std::string_view payload);

/// Overwrites all of `event`, whose memory is used again. Undefined content after an error.
[[nodiscard]] tl::expected<void, DecodeError> decode_spot(std::string_view payload,
                                                          SpotEvent& event);
[[nodiscard]] tl::expected<void, DecodeError> decode_depth(std::string_view payload,
                                                           DepthEvent& event);

}  // namespace depthwire::ctrader
