#pragma once

#include "proto/bus/envelope.pb.h"
#include "services/gateway/core/frame.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::gateway {

/// The live best prices of a symbol as far as they are known: a spot event carries only the side
/// that moved.
struct BestPrices {
  std::optional<std::int64_t> bid_points;
  std::optional<std::int64_t> ask_points;
  std::optional<std::int64_t> close_points;  ///< of the last session

  void apply(const bus::Spot& spot);
};

/// How a publisher's log reaches us.
enum class SourceState : std::uint8_t { catching_up, live, stale, halted };
[[nodiscard]] std::string_view to_string(SourceState state);

/// The wire name of a connection's state: "app-auth" for app_auth; "disabled" when it is closed on
/// purpose, because there is no broker to connect to.
[[nodiscard]] std::string_view state_name(const bus::Connection& connection);

/// True for what opens and closes, which has a state; all others are series, of which only the
/// latest matters.
[[nodiscard]] bool is_event(const bus::Signal& signal);

/// Append one JSON object, as docs/websocket.md describes it. `position` is that of the record,
/// written source:epoch:offset.
void append_book(std::string& out, const bus::Envelope& envelope, std::string_view position);
void append_spot(std::string& out, const bus::Envelope& envelope, const BestPrices& best,
                 std::string_view position);
void append_bar(std::string& out, const bus::Envelope& envelope, std::string_view position);
void append_signal(std::string& out, const bus::Envelope& envelope, std::string_view position);
void append_flow(std::string& out, const bus::Envelope& envelope, std::string_view position);
void append_sentiment(std::string& out, const bus::Envelope& envelope, std::string_view position);
void append_symbol(std::string& out, const bus::Envelope& envelope, std::string_view position);
void append_connection(std::string& out, const bus::Envelope& envelope, std::string_view position);
void append_alert(std::string& out, const bus::Envelope& envelope, std::string_view position);

/// An empty book: what was known of `symbol` is no longer current, and why.
void append_no_book(std::string& out, std::string_view symbol, std::string_view reason,
                    std::string_view position);
/// The same for its prices.
void append_no_spot(std::string& out, std::string_view symbol, std::string_view reason,
                    std::string_view position);

/// `reason`: why it is halted; left out when it is empty.
void append_status(std::string& out, std::string_view source, SourceState state,
                   std::uint64_t lag_records, std::string_view reason);

}  // namespace depthwire::gateway
