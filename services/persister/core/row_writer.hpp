#pragma once

#include "common/postgres/copy_buffer.hpp"
#include "services/persister/core/row_head.hpp"
#include "services/persister/core/tables.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace depthwire::persister {

/// Writes one row of a table and remembers the first value that no column can hold; the row is
/// then to be dropped. Values come in the order of TableInfo::columns.
class RowWriter {
 public:
  RowWriter(postgres::CopyBuffer& buffer, Table table) : buffer_(buffer) {
    buffer_.begin_row(info(table).fields);
  }

  /// The columns that a row of every partitioned table begins with; `time_ns` is the row's own.
  void head(const RowHead& head, std::int64_t time_ns) {
    key(head, time_ns);
    text(head.provider);
    text(head.symbol);
    time(head.receive_time_ns);
    time(head.event_time_ns);
  }
  /// source, epoch, record_offset, time, environment.
  void key(const RowHead& head, std::int64_t time_ns) {
    text(head.source);
    count(head.position.epoch);
    count(head.position.offset);
    time(time_ns);
    text(head.environment);
  }
  void cause(const std::optional<Cause>& cause) {
    if (!cause) {
      for (int i = 0; i < 3; ++i) buffer_.null();
      return;
    }
    text(cause->source);
    count(cause->epoch);
    count(cause->offset);
  }

  void text(std::string_view value) {
    if (!postgres::storable(value)) fail(RowError::bad_text);
    buffer_.text(value);
  }
  /// The name of an enum's value; empty when there is none.
  void name(std::string_view value) {
    if (value.empty()) fail(RowError::unknown_value);
    buffer_.text(value);
  }
  void count(std::uint64_t value) {
    if (value > std::numeric_limits<std::int64_t>::max()) fail(RowError::out_of_range);
    buffer_.int8(static_cast<std::int64_t>(value));
  }
  void number(std::int64_t value) { buffer_.int8(value); }
  void small(std::int16_t value) { buffer_.int2(value); }
  void boolean(bool value) { buffer_.boolean(value); }
  void real(double value) { buffer_.float8(value); }
  void time(std::int64_t unix_ns) { buffer_.timestamptz(unix_ns); }
  void bytes(std::string_view value) { buffer_.bytea(value); }
  void null() { buffer_.null(); }
  /// A price of points in price units, five decimals.
  void price(std::int64_t points) { buffer_.numeric(points, 5); }
  /// A price of half points in price units, six decimals.
  void half_price(std::int64_t half_points) {
    std::int64_t scaled = 0;
    if (__builtin_mul_overflow(half_points, std::int64_t{5}, &scaled)) {
      fail(RowError::out_of_range);
    }
    buffer_.numeric(scaled, 6);
  }
  /// A size of cents in units, two decimals.
  void size(std::uint64_t cents) {
    if (cents > std::numeric_limits<std::int64_t>::max()) fail(RowError::out_of_range);
    buffer_.numeric(static_cast<std::int64_t>(cents), 2);
  }
  void pairs(std::span<const std::int64_t> first, std::span<const std::int64_t> second) {
    if (first.size() != second.size()) {
      fail(RowError::uneven_levels);
      return;
    }
    buffer_.pairs(first, second);
  }

  void fail(RowError error) {
    if (!error_) error_ = error;
  }
  [[nodiscard]] const std::optional<RowError>& error() const { return error_; }

 private:
  postgres::CopyBuffer& buffer_;
  std::optional<RowError> error_;
};

}  // namespace depthwire::persister
