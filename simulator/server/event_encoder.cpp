#include "simulator/server/event_encoder.hpp"

#include <bit>
#include <cassert>

namespace depthwire::simulator {
namespace {

using Byte = std::uint8_t;
constexpr std::uint32_t spot_event = 2131;
constexpr std::uint32_t depth_event = 2155;
constexpr std::uint32_t varint_field = 0;
constexpr std::uint32_t bytes_field = 2;
constexpr std::uint32_t simulator_time_field = 1000;
constexpr std::size_t longest_varint = 10;

Byte* put_varint(Byte* at, std::uint64_t value) {
  while (value >= 0x80) {
    *at++ = static_cast<Byte>(value | 0x80U);
    value >>= 7U;
  }
  *at++ = static_cast<Byte>(value);
  return at;
}

std::size_t varint_size(std::uint64_t value) {
  return (static_cast<std::size_t>(std::bit_width(value | 1U)) + 6) / 7;
}

Byte* put_tag(Byte* at, std::uint32_t field, std::uint32_t type) {
  return put_varint(at, (field << 3U) | type);
}

Byte* put_field(Byte* at, std::uint32_t field, std::uint64_t value) {
  return put_varint(put_tag(at, field, varint_field), value);
}

Byte* put_field(Byte* at, std::uint32_t field, std::int64_t value) {
  return put_field(at, field, static_cast<std::uint64_t>(value));
}

// A message that is known to be shorter than 128 bytes, so that its length is one byte.
template <class Write>
Byte* put_short_message(Byte* at, std::uint32_t field, Write write) {
  at = put_tag(at, field, bytes_field);
  Byte* const length = at++;
  at = write(at);
  assert(at - length - 1 < 128);
  *length = static_cast<Byte>(at - length - 1);
  return at;
}

Byte* put_quote(Byte* at, const market::Quote& quote) {
  return put_short_message(at, 4, [&quote](Byte* to) {
    to = put_field(to, 1, quote.id);
    to = put_field(to, 3, quote.size.cents);
    return put_field(to, quote.side == market::Side::bid ? 4 : 5, quote.price.points);
  });
}

Byte* put_live_bar(Byte* at, Period period, const Bar& bar) {
  return put_short_message(at, 6, [&](Byte* to) {
    to = put_field(to, 3, bar.volume);
    to = put_field(to, 4, static_cast<std::uint64_t>(period));
    to = put_field(to, 5, bar.low.points);
    to = put_field(to, 6, bar.open.points - bar.low.points);
    to = put_field(to, 8, bar.high.points - bar.low.points);
    return put_field(to, 9, bar.open_minute);
  });
}

}  // namespace

Byte* EventEncoder::begin(std::size_t at_most) {
  if (payload_.size() < at_most) payload_.resize(at_most);
  return payload_.data();
}

void EventEncoder::finish(std::string& out, std::uint32_t payload_type, const Byte* end) const {
  const auto payload_size = static_cast<std::size_t>(end - payload_.data());
  Byte header[4 + 3 + 1 + longest_varint];
  Byte* at = header + 4;
  at = put_field(at, 1, std::uint64_t{payload_type});
  at = put_tag(at, 2, bytes_field);
  at = put_varint(at, payload_size);
  const auto length =
      static_cast<std::uint32_t>(static_cast<std::size_t>(at - header) - 4 + payload_size);
  for (unsigned byte = 0; byte < 4; ++byte) {
    header[byte] = static_cast<Byte>(length >> (24U - (8U * byte)));
  }
  out.append(reinterpret_cast<const char*>(&header[0]), static_cast<std::size_t>(at - header));
  out.append(reinterpret_cast<const char*>(payload_.data()), payload_size);
}

void EventEncoder::spot(std::string& out, const SpotFields& fields, std::int64_t time_ns) {
  Byte* at = begin((fields.bars.size() * 80) + 128);
  at = put_field(at, 2, account_id_);
  at = put_field(at, 3, fields.symbol_id);
  if (fields.spot.bid) at = put_field(at, 4, fields.spot.bid->points);
  if (fields.spot.ask) at = put_field(at, 5, fields.spot.ask->points);
  for (const auto& [period, bar] : fields.bars) at = put_live_bar(at, period, bar);
  if (fields.spot.session_close) at = put_field(at, 7, fields.spot.session_close->points);
  if (fields.timestamp_ms) at = put_field(at, 8, *fields.timestamp_ms);
  at = put_field(at, simulator_time_field, time_ns);
  finish(out, spot_event, at);
}

void EventEncoder::depth(std::string& out, std::int64_t symbol_id,
                         std::span<const market::Quote> added,
                         std::span<const market::QuoteId> removed, std::int64_t time_ns) {
  Byte* at = begin((added.size() * 40) + (removed.size() * longest_varint) + 64);
  at = put_field(at, 2, account_id_);
  at = put_field(at, 3, symbol_id);
  for (const market::Quote& quote : added) at = put_quote(at, quote);
  if (!removed.empty()) {
    std::size_t size = 0;
    for (const auto id : removed) size += varint_size(id);
    at = put_tag(at, 5, bytes_field);
    at = put_varint(at, size);
    for (const auto id : removed) at = put_varint(at, id);
  }
  at = put_field(at, simulator_time_field, time_ns);
  finish(out, depth_event, at);
}

}  // namespace depthwire::simulator
