#include "services/persister/core/row_head.hpp"

#include "common/codec/wire.hpp"

// Field numbers are those of proto/bus/envelope.proto.

namespace depthwire::persister {

namespace {

using codec::wire::Reader;

std::optional<Cause> read_cause(std::string_view bytes) {
  Cause cause;
  Reader reader(bytes);
  while (reader.next()) {
    switch (reader.field()) {
      case 1: cause.source = reader.bytes(); break;
      case 2: cause.epoch = reader.varint(); break;
      case 3: cause.offset = reader.varint(); break;
      default: reader.skip();
    }
  }
  if (reader.failed()) return std::nullopt;
  return cause;
}

}  // namespace

std::string_view to_string(RowError error) {
  switch (error) {
    case RowError::malformed: return "the envelope is cut or not protobuf";
    case RowError::wrong_payload: return "the envelope holds another payload than its header says";
    case RowError::bad_text: return "a text is not UTF-8 or holds a NUL";
    case RowError::out_of_range: return "a number is beyond its column";
    case RowError::no_bid: return "a bar has no bid";
    case RowError::uneven_levels: return "a book has more prices than sizes, or fewer";
    case RowError::unknown_value: return "a value of an enumeration is not known here";
  }
  return "unknown";
}

std::string_view environment_of(std::string_view source) {
  return source.substr(0, source.find('.'));
}

tl::expected<Opened, RowError> open(std::string_view source, const journal::Record& record) {
  Opened opened;
  RowHead& head = opened.head;
  head.source = source;
  head.environment = environment_of(source);
  head.position = record.header.position;
  head.synthetic = (record.header.flags & journal::synthetic) != 0;
  bool found = false;
  Reader reader(record.payload);
  while (reader.next()) {
    if (reader.field() == record.header.payload_type) {
      opened.payload = reader.bytes();
      found = true;
      continue;
    }
    switch (reader.field()) {
      case 1: head.provider = reader.bytes(); break;
      case 2: head.symbol = reader.bytes(); break;
      case 3: head.receive_time_ns = reader.fixed64(); break;
      case 4: head.event_time_ns = reader.fixed64(); break;
      case 5: {
        head.cause = read_cause(reader.bytes());
        if (!head.cause) return tl::unexpected(RowError::malformed);
        break;
      }
      default: reader.skip();
    }
  }
  if (reader.failed()) return tl::unexpected(RowError::malformed);
  if (!found) return tl::unexpected(RowError::wrong_payload);
  return opened;
}

}  // namespace depthwire::persister
