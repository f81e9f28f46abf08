#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace depthwire::postgres {

/// Rows in PostgreSQL's binary COPY format, built by hand since this is where a batch spends its
/// time. Its storage is reused. The caller writes, per row, begin_row(n) and then n fields in the
/// order of the columns, each of exactly the column's type: the server does not convert.
/// Source: PostgreSQL 15 manual, COPY, "Binary Format"; numeric_recv, array_recv.
class CopyBuffer {
 public:
  CopyBuffer();

  void begin_row(std::int16_t fields);
  /// Takes back the row that was begun last, whole or not.
  void drop_row();

  void null();
  void boolean(bool value);
  void int2(std::int16_t value);
  void int8(std::int64_t value);
  void float8(double value);
  /// Must be UTF-8 without NUL (see storable()).
  void text(std::string_view value);
  void bytea(std::string_view value);
  /// UTC; rounded down to the microseconds that PostgreSQL keeps.
  void timestamptz(std::int64_t unix_ns);
  /// `value` / 10^`scale` as numeric with `scale` decimals, exactly. `scale` is at most 8.
  void numeric(std::int64_t value, int scale);
  /// int8[n][2]: {first, second} of each pair; the spans have one length.
  void pairs(std::span<const std::int64_t> first, std::span<const std::int64_t> second);

  /// The whole stream so far, with its trailer. Valid until the next change.
  [[nodiscard]] std::string_view stream();
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  /// Forgets the rows, keeps the storage.
  void clear();

 private:
  char* grow(std::size_t bytes);

  std::string bytes_;
  std::size_t row_start_ = 0;
  std::size_t rows_ = 0;
  bool ended_ = false;
};

/// True when a text column can hold `value`: valid UTF-8 without NUL.
[[nodiscard]] bool storable(std::string_view value);

}  // namespace depthwire::postgres
