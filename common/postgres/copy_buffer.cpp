#include "common/postgres/copy_buffer.hpp"

#include <array>
#include <bit>
#include <cassert>
#include <cstring>

namespace depthwire::postgres {

namespace {

constexpr std::string_view signature{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
constexpr std::int32_t int8_oid = 20;
// 2000-01-01, where PostgreSQL's time begins, in Unix microseconds.
constexpr std::int64_t epoch_us = 946'684'800'000'000;

template <class T>
char* put(char* to, T value) {
  if constexpr (std::endian::native == std::endian::little) {
    if constexpr (sizeof(T) == 2) {
      const auto swapped = __builtin_bswap16(static_cast<std::uint16_t>(value));
      std::memcpy(to, &swapped, 2);
    } else if constexpr (sizeof(T) == 4) {
      const auto swapped = __builtin_bswap32(static_cast<std::uint32_t>(value));
      std::memcpy(to, &swapped, 4);
    } else {
      static_assert(sizeof(T) == 8);
      const auto swapped = __builtin_bswap64(static_cast<std::uint64_t>(value));
      std::memcpy(to, &swapped, 8);
    }
  } else {
    std::memcpy(to, &value, sizeof(T));
  }
  return to + sizeof(T);
}

constexpr std::array<std::uint64_t, 9> powers_of_ten = {
    1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};

}  // namespace

CopyBuffer::CopyBuffer() { clear(); }

void CopyBuffer::clear() {
  bytes_.assign(signature);
  row_start_ = bytes_.size();
  rows_ = 0;
  ended_ = false;
}

char* CopyBuffer::grow(std::size_t bytes) {
  const std::size_t at = bytes_.size();
  bytes_.resize(at + bytes);
  return bytes_.data() + at;
}

void CopyBuffer::begin_row(std::int16_t fields) {
  if (ended_) {
    bytes_.resize(bytes_.size() - 2);
    ended_ = false;
  }
  row_start_ = bytes_.size();
  ++rows_;
  put(grow(2), fields);
}

void CopyBuffer::drop_row() {
  assert(rows_ > 0 && !ended_);
  bytes_.resize(row_start_);
  --rows_;
}

void CopyBuffer::null() { put(grow(4), std::int32_t{-1}); }

void CopyBuffer::boolean(bool value) {
  char* to = put(grow(5), std::int32_t{1});
  *to = value ? '\1' : '\0';
}

void CopyBuffer::int2(std::int16_t value) { put(put(grow(6), std::int32_t{2}), value); }

void CopyBuffer::int8(std::int64_t value) { put(put(grow(12), std::int32_t{8}), value); }

void CopyBuffer::float8(double value) { int8(std::bit_cast<std::int64_t>(value)); }

void CopyBuffer::text(std::string_view value) {
  char* to = put(grow(4 + value.size()), static_cast<std::int32_t>(value.size()));
  // An empty view may point nowhere.
  if (!value.empty()) std::memcpy(to, value.data(), value.size());
}

void CopyBuffer::bytea(std::string_view value) { text(value); }

void CopyBuffer::timestamptz(std::int64_t unix_ns) {
  const std::int64_t us = unix_ns / 1000 - (unix_ns % 1000 < 0 ? 1 : 0);
  int8(us - epoch_us);
}

void CopyBuffer::numeric(std::int64_t value, int scale) {
  // Digits are base 10,000 and groups of four align with the decimal point; the server strips
  // zeros at both ends. Two groups hold up to 8 decimals, five any 64-bit whole part.
  assert(scale >= 0 && scale <= 8);
  const std::uint64_t magnitude =
      value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value);
  const std::uint64_t unit = powers_of_ten.at(static_cast<std::size_t>(scale));
  std::uint64_t whole = magnitude / unit;
  const std::uint64_t fraction =
      magnitude % unit * powers_of_ten.at(static_cast<std::size_t>(8 - scale));
  std::array<std::int16_t, 5> groups{};
  std::size_t count = 0;
  do {
    groups[count++] = static_cast<std::int16_t>(whole % 10'000);
    whole /= 10'000;
  } while (whole > 0);
  const auto digits = static_cast<std::int16_t>(count + 2);
  char* to = put(grow(4 + 8 + 2 * static_cast<std::size_t>(digits)),
                 static_cast<std::int32_t>(8 + 2 * digits));
  to = put(to, digits);
  to = put(to, static_cast<std::int16_t>(count - 1));
  to = put(to, static_cast<std::int16_t>(value < 0 ? 0x4000 : 0));
  to = put(to, static_cast<std::int16_t>(scale));
  while (count > 0) to = put(to, groups[--count]);
  to = put(to, static_cast<std::int16_t>(fraction / 10'000));
  put(to, static_cast<std::int16_t>(fraction % 10'000));
}

void CopyBuffer::pairs(std::span<const std::int64_t> first, std::span<const std::int64_t> second) {
  assert(first.size() == second.size());
  const std::size_t n = first.size();
  const std::size_t body = n == 0 ? 12 : 12 + 16 + n * 24;
  char* to = put(grow(4 + body), static_cast<std::int32_t>(body));
  to = put(to, static_cast<std::int32_t>(n == 0 ? 0 : 2));  // dimensions
  to = put(to, std::int32_t{0});                            // no NULL inside
  to = put(to, int8_oid);
  if (n == 0) return;
  to = put(to, static_cast<std::int32_t>(n));
  to = put(to, std::int32_t{1});
  to = put(to, std::int32_t{2});
  to = put(to, std::int32_t{1});
  for (std::size_t i = 0; i < n; ++i) {
    to = put(put(to, std::int32_t{8}), first[i]);
    to = put(put(to, std::int32_t{8}), second[i]);
  }
}

std::string_view CopyBuffer::stream() {
  if (!ended_) {
    put(grow(2), std::int16_t{-1});
    ended_ = true;
  }
  return bytes_;
}

bool storable(std::string_view value) {
  std::size_t i = 0;
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(value[at]); };
  while (i < value.size()) {
    const unsigned lead = byte(i);
    if (lead == 0) return false;
    std::size_t length = 1;
    if (lead >= 0x80) {
      length = lead >= 0xF0 ? 4U : lead >= 0xE0 ? 3U : 2U;
      if (lead < 0xC2 || lead > 0xF4 || i + length > value.size()) return false;
      for (std::size_t k = 1; k < length; ++k) {
        if ((byte(i + k) & 0xC0U) != 0x80U) return false;
      }
      const unsigned second = byte(i + 1);
      // Overlong forms, surrogates and what lies beyond U+10FFFF.
      if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
          (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F)) {
        return false;
      }
    }
    i += length;
  }
  return true;
}

}  // namespace depthwire::postgres
