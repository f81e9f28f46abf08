#pragma once

#include "common/market/types.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace depthwire::codec {

/// What every envelope carries beside its payload. Views point into the caller's bytes.
struct EnvelopeHead {
  std::string_view provider;
  std::string_view symbol;
  std::int64_t receive_time_ns = 0;
  std::int64_t event_time_ns = 0;
};

enum class DecodeError : std::uint8_t {
  malformed,      ///< not protobuf, or cut
  wrong_payload,  ///< another payload than the one asked for
};
[[nodiscard]] std::string_view to_string(DecodeError error);

/// Payload types used on the hot path: numbers of depthwire.bus.Envelope.
inline constexpr int spot_type = 10;
inline constexpr int depth_type = 11;

/// Serialize into `out`, replacing what it holds. The bytes are those of protobuf, written by hand
/// since this is the hot path; codec_test holds them against the generated classes.
void encode_spot(const EnvelopeHead& head, const market::Spot& spot, std::string& out);
void encode_depth(const EnvelopeHead& head, const market::DepthUpdate& update, std::string& out);

/// Decode into `out`, whose storage is reused. Unknown fields are passed over.
[[nodiscard]] tl::expected<EnvelopeHead, DecodeError> decode_spot(std::string_view bytes,
                                                                  market::Spot& out);
[[nodiscard]] tl::expected<EnvelopeHead, DecodeError> decode_depth(std::string_view bytes,
                                                                   market::DepthUpdate& out);

}  // namespace depthwire::codec
