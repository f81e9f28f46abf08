#include "common/codec/envelope.hpp"

#include "common/codec/wire.hpp"

// Field numbers are those of proto/bus/envelope.proto and proto/bus/market.proto.

namespace depthwire::codec {
namespace {

constexpr std::uint32_t provider_field = 1;
constexpr std::uint32_t symbol_field = 2;
constexpr std::uint32_t receive_time_field = 3;
constexpr std::uint32_t event_time_field = 4;

constexpr std::size_t max_varint = 10;

std::size_t head_bound(const EnvelopeHead& head) {
  return head.provider.size() + head.symbol.size() + 4 * (1 + max_varint);
}

void put_head(wire::Writer& writer, const EnvelopeHead& head) {
  if (!head.provider.empty()) writer.bytes_field(provider_field, head.provider);
  if (!head.symbol.empty()) writer.bytes_field(symbol_field, head.symbol);
  if (head.receive_time_ns != 0) writer.fixed64_field(receive_time_field, head.receive_time_ns);
  if (head.event_time_ns != 0) writer.fixed64_field(event_time_field, head.event_time_ns);
}

// Reads the envelope around a payload; gives the payload's bytes.
tl::expected<EnvelopeHead, DecodeError> read_envelope(std::string_view bytes,
                                                      std::uint32_t payload_field,
                                                      std::string_view& payload) {
  EnvelopeHead head;
  bool found = false;
  wire::Reader reader(bytes);
  while (reader.next()) {
    if (reader.field() == payload_field) {
      payload = reader.bytes();
      found = true;
      continue;
    }
    switch (reader.field()) {
      case provider_field: head.provider = reader.bytes(); break;
      case symbol_field: head.symbol = reader.bytes(); break;
      case receive_time_field: head.receive_time_ns = reader.fixed64(); break;
      case event_time_field: head.event_time_ns = reader.fixed64(); break;
      default: reader.skip();
    }
  }
  if (reader.failed()) return tl::unexpected(DecodeError::malformed);
  if (!found) return tl::unexpected(DecodeError::wrong_payload);
  return head;
}

constexpr std::uint32_t quote_id_field = 1;
constexpr std::uint32_t quote_side_field = 2;
constexpr std::uint32_t quote_price_field = 3;
constexpr std::uint32_t quote_size_field = 4;

std::size_t quote_bytes(const market::Quote& quote) {
  const auto price = wire::zigzag(quote.price.points);
  const auto size = static_cast<std::uint64_t>(quote.size.cents);
  return (quote.id != 0 ? 1 + wire::varint_bytes(quote.id) : 0) +
         (quote.side == market::Side::ask ? 2U : 0U) +
         (price != 0 ? 1 + wire::varint_bytes(price) : 0) +
         (size != 0 ? 1 + wire::varint_bytes(size) : 0);
}

void put_quote(wire::Writer& writer, const market::Quote& quote) {
  const auto price = wire::zigzag(quote.price.points);
  const auto size = static_cast<std::uint64_t>(quote.size.cents);
  if (quote.id != 0) writer.varint_field(quote_id_field, quote.id);
  if (quote.side == market::Side::ask) writer.varint_field(quote_side_field, 1);
  if (price != 0) writer.varint_field(quote_price_field, price);
  if (size != 0) writer.varint_field(quote_size_field, size);
}

bool read_quote(std::string_view bytes, market::Quote& quote) {
  quote = {};
  wire::Reader reader(bytes);
  while (reader.next()) {
    switch (reader.field()) {
      case quote_id_field: quote.id = reader.varint(); break;
      case quote_side_field:
        quote.side = reader.varint() == 0 ? market::Side::bid : market::Side::ask;
        break;
      case quote_price_field: quote.price.points = wire::unzigzag(reader.varint()); break;
      case quote_size_field: quote.size.cents = static_cast<std::int64_t>(reader.varint()); break;
      default: reader.skip();
    }
  }
  return !reader.failed();
}

constexpr std::uint32_t depth_kind_field = 1;
constexpr std::uint32_t depth_removed_field = 2;
constexpr std::uint32_t depth_added_field = 3;

struct DepthSizes {
  std::size_t removed = 0;  // packed varints
  std::size_t whole = 0;    // the message
};

DepthSizes depth_sizes(const market::DepthUpdate& update) {
  DepthSizes sizes;
  if (update.kind != market::DepthKind::change) sizes.whole += 2;
  for (const auto id : update.removed) sizes.removed += wire::varint_bytes(id);
  if (sizes.removed > 0) sizes.whole += 1 + wire::varint_bytes(sizes.removed) + sizes.removed;
  for (const auto& quote : update.added) {
    const auto size = quote_bytes(quote);
    sizes.whole += 1 + wire::varint_bytes(size) + size;
  }
  return sizes;
}

constexpr std::uint32_t spot_bid_field = 1;
constexpr std::uint32_t spot_ask_field = 2;
constexpr std::uint32_t spot_session_close_field = 3;

}  // namespace

std::string_view to_string(DecodeError error) {
  return error == DecodeError::malformed ? "the envelope is cut or not protobuf"
                                         : "the envelope holds another payload";
}

void encode_spot(const EnvelopeHead& head, const market::Spot& spot, std::string& out) {
  char payload[3 * (1 + max_varint)];
  wire::Writer fields(payload);
  if (spot.bid) fields.varint_field(spot_bid_field, wire::zigzag(spot.bid->points));
  if (spot.ask) fields.varint_field(spot_ask_field, wire::zigzag(spot.ask->points));
  if (spot.session_close) {
    fields.varint_field(spot_session_close_field, wire::zigzag(spot.session_close->points));
  }
  const std::string_view bytes(payload, static_cast<std::size_t>(fields.at() - payload));

  out.resize(head_bound(head) + 4 + bytes.size());
  wire::Writer writer(out.data());
  put_head(writer, head);
  writer.bytes_field(spot_type, bytes);
  out.resize(static_cast<std::size_t>(writer.at() - out.data()));
}

void encode_depth(const EnvelopeHead& head, const market::DepthUpdate& update, std::string& out) {
  const auto sizes = depth_sizes(update);
  out.resize(head_bound(head) + 1 + max_varint + sizes.whole);
  wire::Writer writer(out.data());
  put_head(writer, head);
  writer.message_field(depth_type, sizes.whole);
  if (update.kind != market::DepthKind::change) {
    writer.varint_field(depth_kind_field, static_cast<std::uint64_t>(update.kind));
  }
  if (sizes.removed > 0) {
    writer.message_field(depth_removed_field, sizes.removed);
    for (const auto id : update.removed) writer.varint(id);
  }
  for (const auto& quote : update.added) {
    writer.message_field(depth_added_field, quote_bytes(quote));
    put_quote(writer, quote);
  }
  out.resize(static_cast<std::size_t>(writer.at() - out.data()));
}

tl::expected<EnvelopeHead, DecodeError> decode_spot(std::string_view bytes, market::Spot& out) {
  std::string_view payload;
  auto head = read_envelope(bytes, spot_type, payload);
  if (!head) return head;
  out = {};
  wire::Reader reader(payload);
  while (reader.next()) {
    switch (reader.field()) {
      case spot_bid_field: out.bid = market::Price{wire::unzigzag(reader.varint())}; break;
      case spot_ask_field: out.ask = market::Price{wire::unzigzag(reader.varint())}; break;
      case spot_session_close_field:
        out.session_close = market::Price{wire::unzigzag(reader.varint())};
        break;
      default: reader.skip();
    }
  }
  if (reader.failed()) return tl::unexpected(DecodeError::malformed);
  return head;
}

tl::expected<EnvelopeHead, DecodeError> decode_depth(std::string_view bytes,
                                                     market::DepthUpdate& out) {
  std::string_view payload;
  auto head = read_envelope(bytes, depth_type, payload);
  if (!head) return head;
  out.kind = market::DepthKind::change;
  out.removed.clear();
  out.added.clear();
  wire::Reader reader(payload);
  while (reader.next()) {
    switch (reader.field()) {
      case depth_kind_field: {
        const auto kind = reader.varint();
        if (kind > 2) return tl::unexpected(DecodeError::malformed);
        out.kind = static_cast<market::DepthKind>(kind);
        break;
      }
      case depth_removed_field:
        if (reader.type() == wire::Type::varint) {
          out.removed.push_back(reader.varint());
        } else {
          wire::Reader packed(reader.bytes());
          while (!packed.at_end() && !packed.failed()) out.removed.push_back(packed.read_varint());
          if (packed.failed()) return tl::unexpected(DecodeError::malformed);
        }
        break;
      case depth_added_field:
        out.added.emplace_back();
        if (!read_quote(reader.bytes(), out.added.back())) {
          return tl::unexpected(DecodeError::malformed);
        }
        break;
      default: reader.skip();
    }
  }
  if (reader.failed()) return tl::unexpected(DecodeError::malformed);
  return head;
}

}  // namespace depthwire::codec
