#include "common/ctrader/journal_tail.hpp"

#include "common/codec/wire.hpp"
#include "common/journal/reader.hpp"
#include "proto/bus/envelope.pb.h"

#include <algorithm>

namespace depthwire::ctrader {
namespace {

constexpr std::uint64_t tail_records = 200'000;

std::int64_t receive_time_of(std::string_view envelope) {
  codec::wire::Reader reader(envelope);
  while (reader.next()) {
    if (reader.field() == bus::Envelope::kReceiveTimeNsFieldNumber) return reader.fixed64();
    reader.skip();
  }
  return 0;
}

void take(const journal::Record& record, JournalTail& tail) {
  // A life begins in an outage, which lasts until its SOURCE_UP; it may not have come so far.
  if (record.header.payload_type == bus::Envelope::kEpochStart && tail.has_records &&
      !tail.down_since_ns) {
    tail.down_since_ns = tail.last_receive_ns;
  }
  tail.has_records = true;
  tail.last_receive_ns = std::max(tail.last_receive_ns, receive_time_of(record.payload));
  const auto type = record.header.payload_type;
  if (type != bus::Envelope::kSourceDown && type != bus::Envelope::kSourceUp) return;
  bus::Envelope envelope;
  if (!envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size()))) {
    return;
  }
  if (envelope.has_source_down()) tail.down_since_ns = envelope.source_down().time_ns();
  if (envelope.has_source_up()) tail.down_since_ns.reset();
}

}  // namespace

JournalTail read_journal_tail(const std::filesystem::path& directory, journal::Position last) {
  JournalTail tail;
  if (last == journal::Position{}) return tail;
  journal::Reader reader(directory);
  if (last.offset > tail_records) reader.seek_offset(last.offset - tail_records);
  while (true) {
    const auto next = reader.next(last);
    if (const auto* record = std::get_if<journal::Record>(&next)) {
      take(*record, tail);
    } else if (const auto* aged_out = std::get_if<journal::AgedOut>(&next)) {
      reader = journal::Reader(directory, {aged_out->first.epoch, aged_out->first.offset - 1});
    } else {
      return tail;
    }
  }
}

}  // namespace depthwire::ctrader
