#pragma once

#include <cstdint>
#include <string_view>

namespace depthwire::ctrader {

/// Walks the fields of one protobuf message without a schema. Any error ends the walk and stays in
/// failed(). Unknown fields and groups are for the caller to skip().
class WireReader {
 public:
  enum Type : std::uint32_t {
    varint = 0,
    fixed64 = 1,
    bytes = 2,
    group = 3,
    end_group = 4,
    fixed32 = 5
  };

  explicit WireReader(std::string_view message)
      : at_{message.data()}, end_{message.data() + message.size()} {}

  /// Steps to the next field; false at the end of the message or after an error.
  [[nodiscard]] bool next() {
    if (at_ == end_) return false;
    const auto tag = read_varint();
    field_ = static_cast<std::uint32_t>(tag >> 3U);
    type_ = static_cast<std::uint32_t>(tag & 7U);
    if (tag > 0xFFFFFFFFU || field_ == 0) fail();
    return !failed_;
  }

  [[nodiscard]] std::uint32_t field() const { return field_; }
  /// Field and wire type as one number: what to switch on, see key().
  [[nodiscard]] std::uint32_t tag() const { return field_ << 3U | type_; }
  [[nodiscard]] static constexpr std::uint32_t key(std::uint32_t field, Type type) {
    return field << 3U | type;
  }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] bool at_end() const { return at_ == end_; }

  /// A number of up to 10 bytes; 0 after an error.
  std::uint64_t read_varint() {
    if (at_ != end_ && static_cast<signed char>(*at_) >= 0) {
      return static_cast<unsigned char>(*at_++);
    }
    return read_long_varint();
  }

  std::string_view read_bytes() {
    const auto size = read_varint();
    if (size > static_cast<std::uint64_t>(end_ - at_)) {
      fail();
      return {};
    }
    const std::string_view view{at_, static_cast<std::size_t>(size)};
    at_ += size;
    return view;
  }

  /// Passes over the value of the current field.
  void skip() { skip_value(max_depth); }

  void fail() {
    failed_ = true;
    at_ = end_;
  }

 private:
  static constexpr int max_depth = 16;

  std::uint64_t read_long_varint();
  void skip_value(int depth);
  void skip_bytes(std::uint64_t size);

  const char* at_;
  const char* end_;
  std::uint32_t field_ = 0;
  std::uint32_t type_ = 0;
  bool failed_ = false;
};

}  // namespace depthwire::ctrader
