#pragma once

#include "common/ctrader/decode.hpp"
#include "common/market/types.hpp"

#include <google/protobuf/message_lite.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace depthwire::ctrader {

/// One request as the server knows it: its payload type and serialized payload.
struct Request {
  std::uint32_t payload_type = 0;
  std::string payload;
};

/// The number of ProtoOATrendbarPeriod: M1 = 1, ... MN1 = 14.
using PeriodNumber = std::uint32_t;

[[nodiscard]] Request application_auth(const std::string& client_id, const std::string& secret);
[[nodiscard]] Request account_list(const std::string& access_token);
[[nodiscard]] Request account_auth(std::int64_t account, const std::string& access_token);
[[nodiscard]] Request asset_list(std::int64_t account);
[[nodiscard]] Request symbol_list(std::int64_t account);
[[nodiscard]] Request symbols_by_id(std::int64_t account, std::span<const std::int64_t> symbols);
/// Spots carry the server's time.
[[nodiscard]] Request subscribe_spots(std::int64_t account, std::span<const std::int64_t> symbols);
[[nodiscard]] Request unsubscribe_spots(std::int64_t account,
                                        std::span<const std::int64_t> symbols);
[[nodiscard]] Request subscribe_depth(std::int64_t account, std::span<const std::int64_t> symbols);
[[nodiscard]] Request unsubscribe_depth(std::int64_t account,
                                        std::span<const std::int64_t> symbols);
[[nodiscard]] Request subscribe_live_bars(std::int64_t account, std::int64_t symbol,
                                          PeriodNumber period);
[[nodiscard]] Request unsubscribe_live_bars(std::int64_t account, std::int64_t symbol,
                                            PeriodNumber period);
/// Times are Unix ms; `to` includes the bar that opens there.
[[nodiscard]] Request bars(std::int64_t account, std::int64_t symbol, PeriodNumber period,
                           std::int64_t from_ms, std::int64_t to_ms);
[[nodiscard]] Request ticks(std::int64_t account, std::int64_t symbol, market::Side side,
                            std::int64_t from_ms, std::int64_t to_ms);

/// The events that keep a connection alive: no fields, no id, no answer.
[[nodiscard]] Request heartbeat();

/// Appends `request` to `out` as a frame; an empty id is left out.
void append_request(std::string& out, const Request& request, std::string_view client_msg_id);

/// Parses the payload of `envelope`; fields that the schema requires may be missing, as real
/// servers and newer schemas go. False when the bytes are no protobuf message.
[[nodiscard]] bool parse_payload(const Envelope& envelope, google::protobuf::MessageLite& message);

}  // namespace depthwire::ctrader
