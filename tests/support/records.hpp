#pragma once

#include "common/journal/format.hpp"
#include "proto/bus/envelope.pb.h"

#include <deque>
#include <string>
#include <string_view>

namespace depthwire::tests {

/// The payload type of a record that carries `envelope`: the number of the field that is set.
[[nodiscard]] inline std::uint16_t payload_type(const bus::Envelope& envelope) {
  return static_cast<std::uint16_t>(envelope.payload_case());
}

/// Makes records as a journal would hold them, and keeps their bytes.
class RecordMaker {
 public:
  explicit RecordMaker(std::uint64_t epoch = 1, std::uint64_t first_offset = 1)
      : position_{epoch, first_offset} {}

  /// The next record, with `envelope` as its payload.
  journal::Record make(const bus::Envelope& envelope, std::string_view topic = "sim.x.EURUSD|",
                       std::uint16_t flags = journal::no_flags) {
    return make_raw(envelope.SerializeAsString(), payload_type(envelope), topic, flags);
  }
  /// The next record, with any bytes as its payload.
  journal::Record make_raw(std::string_view payload, std::uint16_t type,
                           std::string_view topic = "sim.x.EURUSD|",
                           std::uint16_t flags = journal::no_flags) {
    journal::Header header;
    header.position = position_;
    header.payload_type = type;
    header.flags = flags;
    header.publish_time_ns = 1'700'000'000'000'000'000;
    header.payload_length = static_cast<std::uint32_t>(payload.size());
    entries_.emplace_back();
    journal::append_entry(entries_.back(), topic, header, payload);
    ++position_.offset;
    return *journal::decode_entry(entries_.back());
  }

 private:
  journal::Position position_;
  std::deque<std::string> entries_;  // does not move what it holds
};

}  // namespace depthwire::tests
