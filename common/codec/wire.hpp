#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

/// The protobuf wire format in the few pieces the hot path needs.
/// Source: protobuf documentation, "Encoding".
namespace depthwire::codec::wire {

enum class Type : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

[[nodiscard]] constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
[[nodiscard]] constexpr std::int64_t unzigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}
[[nodiscard]] constexpr std::size_t varint_bytes(std::uint64_t value) {
  std::size_t bytes = 1;
  for (; value >= 0x80; value >>= 7) ++bytes;
  return bytes;
}

/// Writes fields at a place that has room for them.
class Writer {
 public:
  explicit Writer(char* at) : at_(at) {}

  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) *at_++ = static_cast<char>(value | 0x80);
    *at_++ = static_cast<char>(value);
  }
  void tag(std::uint32_t field, Type type) {
    varint(field << 3 | static_cast<std::uint32_t>(type));
  }
  void varint_field(std::uint32_t field, std::uint64_t value) {
    tag(field, Type::varint);
    varint(value);
  }
  void fixed64_field(std::uint32_t field, std::int64_t value) {
    tag(field, Type::fixed64);
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }
  void bytes_field(std::uint32_t field, std::string_view bytes) {
    tag(field, Type::bytes);
    varint(bytes.size());
    std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  /// The head of a message field whose `size` bytes follow.
  void message_field(std::uint32_t field, std::size_t size) {
    tag(field, Type::bytes);
    varint(size);
  }
  [[nodiscard]] char* at() const { return at_; }

 private:
  char* at_;
};

/// Reads fields one after another; failed() once the bytes were not protobuf.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  /// Goes to the next field; false at the end or on damage.
  bool next() {
    if (at_ == end_ || failed_) return false;
    const std::uint64_t tag = read_varint();
    field_ = static_cast<std::uint32_t>(tag >> 3);
    type_ = static_cast<Type>(tag & 7);
    if (field_ == 0) failed_ = true;
    return !failed_;
  }
  [[nodiscard]] std::uint32_t field() const { return field_; }
  [[nodiscard]] Type type() const { return type_; }
  [[nodiscard]] bool failed() const { return failed_; }

  std::uint64_t varint() { return type_ == Type::varint ? read_varint() : fail(); }
  std::int64_t fixed64() {
    std::int64_t value = 0;
    if (type_ != Type::fixed64 || end_ - at_ < 8) return static_cast<std::int64_t>(fail());
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  std::string_view bytes() {
    if (type_ != Type::bytes) return fail(), std::string_view();
    const std::uint64_t size = read_varint();
    if (failed_ || size > static_cast<std::uint64_t>(end_ - at_)) return fail(), std::string_view();
    const std::string_view view(at_, size);
    at_ += size;
    return view;
  }
  /// Passes over a field that is not known here.
  void skip() {
    switch (type_) {
      case Type::varint: read_varint(); return;
      case Type::fixed64: advance(8); return;
      case Type::bytes: bytes(); return;
      case Type::fixed32: advance(4); return;
    }
    fail();  // groups are not used by anybody here
  }

  /// A varint outside of a field, as in packed lists.
  std::uint64_t read_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == end_) return fail();
      const auto byte = static_cast<unsigned char>(*at_++);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    return fail();
  }
  [[nodiscard]] bool at_end() const { return at_ == end_; }

 private:
  std::uint64_t fail() {
    failed_ = true;
    return 0;
  }
  void advance(std::ptrdiff_t bytes) {
    if (end_ - at_ < bytes) {
      fail();
    } else {
      at_ += bytes;
    }
  }

  const char* at_;
  const char* end_;
  std::uint32_t field_ = 0;
  Type type_ = Type::varint;
  bool failed_ = false;
};

}  // namespace depthwire::codec::wire
