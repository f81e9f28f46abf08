#include "common/ctrader/decode.hpp"

#include "common/ctrader/wire.hpp"

namespace depthwire::ctrader {
namespace {

using market::Price;
using market::Side;
using Failure = std::optional<DecodeError>;

// Sums of two prices or of a whole book's sizes then still fit.
constexpr std::uint64_t largest = 1ULL << 62U;

constexpr std::uint32_t number(std::uint32_t field) {
  return WireReader::key(field, WireReader::varint);
}
constexpr std::uint32_t text(std::uint32_t field) {
  return WireReader::key(field, WireReader::bytes);
}

std::int64_t as_signed(std::uint64_t value) { return static_cast<std::int64_t>(value); }

Failure decode_quote(std::string_view bytes, market::Quote& quote, std::uint32_t& unknown) {
  WireReader reader(bytes);
  std::optional<std::uint64_t> id, size, bid, ask;
  while (reader.next()) {
    switch (reader.tag()) {
      case number(1): id = reader.read_varint(); break;
      case number(3): size = reader.read_varint(); break;
      case number(4): bid = reader.read_varint(); break;
      case number(5): ask = reader.read_varint(); break;
      default: ++unknown; reader.skip();
    }
  }
  if (reader.failed()) return DecodeError::malformed;
  if (!id || !size) return DecodeError::missing_field;
  if (bid.has_value() == ask.has_value()) return DecodeError::unclear_side;
  const auto price = bid ? *bid : *ask;
  if (price > largest || *size > largest) return DecodeError::out_of_range;
  quote = {*id, bid ? Side::bid : Side::ask, Price{as_signed(price)},
           market::Size{as_signed(*size)}};
  return std::nullopt;
}

Failure read_price(WireReader& reader, std::optional<Price>& price) {
  const auto points = reader.read_varint();
  if (points > largest) return DecodeError::out_of_range;
  price = Price{as_signed(points)};
  return std::nullopt;
}

Failure read_time(WireReader& reader, std::optional<std::int64_t>& time_ms) {
  const auto ms = as_signed(reader.read_varint());
  if (ms < 0 || ms > latest_ms) return DecodeError::out_of_range;
  time_ms = ms;
  return std::nullopt;
}

Failure decode_bar(std::string_view payload, LiveBar& bar, std::uint32_t& unknown_fields) {
  WireReader reader(payload);
  std::uint64_t low = 0, open = 0, high = 0;
  std::optional<std::uint64_t> close;
  while (reader.next()) {
    switch (reader.tag()) {
      case number(3): bar.tick_count = reader.read_varint(); break;
      case number(4): bar.period = static_cast<std::uint32_t>(reader.read_varint()); break;
      case number(5): low = reader.read_varint(); break;
      case number(6): open = reader.read_varint(); break;
      case number(7): close = reader.read_varint(); break;
      case number(8): high = reader.read_varint(); break;
      case number(9):
        bar.open_time_minutes = static_cast<std::uint32_t>(reader.read_varint());
        break;
      default: ++unknown_fields; reader.skip();
    }
  }
  if (reader.failed()) return DecodeError::malformed;
  constexpr auto half = largest / 2;
  if (low > half || open > half || high > half || close.value_or(0) > half ||
      bar.open_time_minutes > latest_minutes) {
    return DecodeError::out_of_range;
  }
  bar.low = Price{as_signed(low)};
  bar.open = Price{as_signed(low + open)};
  bar.high = Price{as_signed(low + high)};
  if (close) bar.close = Price{as_signed(low + *close)};
  return std::nullopt;
}

}  // namespace

std::string_view to_string(DecodeError error) {
  switch (error) {
    case DecodeError::malformed: return "not a protobuf message";
    case DecodeError::missing_field: return "a required field is missing";
    case DecodeError::unclear_side: return "a quote without exactly one of bid and ask";
    case DecodeError::out_of_range: return "a price, size or time out of range";
  }
  return "unknown";
}

tl::expected<Envelope, DecodeError> decode_envelope(std::string_view frame) {
  WireReader reader(frame);
  Envelope envelope;
  bool has_type = false;
  while (reader.next()) {
    switch (reader.tag()) {
      case number(1):
        envelope.payload_type = static_cast<std::uint32_t>(reader.read_varint());
        has_type = true;
        break;
      case text(2): envelope.payload = reader.read_bytes(); break;
      case text(3): envelope.client_msg_id = reader.read_bytes(); break;
      default: reader.skip();
    }
  }
  if (reader.failed()) return tl::unexpected(DecodeError::malformed);
  if (!has_type) return tl::unexpected(DecodeError::missing_field);
  return envelope;
}

tl::expected<LiveBar, DecodeError> decode_bar(std::string_view payload) {
  LiveBar bar;
  std::uint32_t unknown_fields = 0;  // of a reply: the client has counted them
  if (const auto failure = decode_bar(payload, bar, unknown_fields)) {
    return tl::unexpected(*failure);
  }
  return bar;
}

tl::expected<void, DecodeError> decode_spot(std::string_view payload, SpotEvent& event) {
  event.spot = {};
  event.timestamp_ms.reset();
  event.simulator_time_ns.reset();
  event.unknown_fields = 0;
  event.bars.clear();
  WireReader reader(payload);
  bool has_symbol = false;
  Failure failure;
  while (!failure && reader.next()) {
    switch (reader.tag()) {
      case number(3):
        event.symbol_id = as_signed(reader.read_varint());
        has_symbol = true;
        break;
      case number(4): failure = read_price(reader, event.spot.bid); break;
      case number(5): failure = read_price(reader, event.spot.ask); break;
      case text(6):
        failure = decode_bar(reader.read_bytes(), event.bars.emplace_back(), event.unknown_fields);
        break;
      case number(7): failure = read_price(reader, event.spot.session_close); break;
      case number(8): failure = read_time(reader, event.timestamp_ms); break;
      case number(1000): event.simulator_time_ns = as_signed(reader.read_varint()); break;
      case number(1):  // the payload type, as the frame has it
      case number(2):  // the account
        reader.skip();
        break;
      default: ++event.unknown_fields; reader.skip();
    }
  }
  if (reader.failed()) return tl::unexpected(DecodeError::malformed);
  if (failure) return tl::unexpected(*failure);
  if (!has_symbol) return tl::unexpected(DecodeError::missing_field);
  return {};
}

tl::expected<void, DecodeError> decode_depth(std::string_view payload, DepthEvent& event) {
  auto& [kind, removed, added] = event.update;
  kind = market::DepthKind::change;
  removed.clear();
  added.clear();
  event.simulator_time_ns.reset();
  event.unknown_fields = 0;
  WireReader reader(payload);
  bool has_symbol = false;
  Failure failure;
  while (!failure && reader.next()) {
    switch (reader.tag()) {
      case number(3):
        event.symbol_id = as_signed(reader.read_varint());
        has_symbol = true;
        break;
      case text(4):
        failure = decode_quote(reader.read_bytes(), added.emplace_back(), event.unknown_fields);
        break;
      case number(5): removed.push_back(reader.read_varint()); break;
      case text(5): {
        WireReader packed(reader.read_bytes());
        while (!packed.at_end()) removed.push_back(packed.read_varint());
        if (packed.failed()) failure = DecodeError::malformed;
        break;
      }
      case number(1000): event.simulator_time_ns = as_signed(reader.read_varint()); break;
      case number(1):  // the payload type, as the frame has it
      case number(2):  // the account
        reader.skip();
        break;
      default: ++event.unknown_fields; reader.skip();
    }
  }
  if (reader.failed()) return tl::unexpected(DecodeError::malformed);
  if (failure) return tl::unexpected(*failure);
  if (!has_symbol) return tl::unexpected(DecodeError::missing_field);
  return {};
}

}  // namespace depthwire::ctrader
