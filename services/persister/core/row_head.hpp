#pragma once

#include "common/journal/format.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace depthwire::persister {

/// Why a record cannot become rows.
enum class RowError : std::uint8_t {
  malformed,      ///< not protobuf, or cut
  wrong_payload,  ///< the envelope does not hold what the header says
  bad_text,       ///< text with NUL, or not UTF-8
  out_of_range,   ///< a number beyond its column
  no_bid,         ///< a bar without a bid, which is what candles are made of
  uneven_levels,  ///< prices and sizes of a book differ in number
  unknown_value,  ///< a period, side or state that this program does not know
};
/// In words, for the dead letter.
[[nodiscard]] std::string_view to_string(RowError error);

/// The input that made a derived record.
struct Cause {
  std::string_view source;
  std::uint64_t epoch = 0;
  std::uint64_t offset = 0;
};

/// What a record carries beside its payload. The views point into the record and into `source`.
struct RowHead {
  std::string_view source;
  std::string_view environment;
  journal::Position position;
  bool synthetic = false;
  std::string_view provider;
  std::string_view symbol;
  std::int64_t receive_time_ns = 0;
  std::int64_t event_time_ns = 0;
  std::optional<Cause> cause;
};

/// A record with its envelope opened: the head and the bytes of the payload.
struct Opened {
  RowHead head;
  std::string_view payload;
};

/// Opens the envelope of a record of `source` without reading its payload.
[[nodiscard]] tl::expected<Opened, RowError> open(std::string_view source,
                                                  const journal::Record& record);

/// The part of a source or topic before the first dot: its environment.
[[nodiscard]] std::string_view environment_of(std::string_view source);

}  // namespace depthwire::persister
