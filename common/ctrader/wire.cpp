#include "common/ctrader/wire.hpp"

namespace depthwire::ctrader {

std::uint64_t WireReader::read_long_varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 70 && at_ != end_; shift += 7) {
    const auto byte = static_cast<unsigned char>(*at_++);
    // The tenth byte adds one bit; the rest of it is dropped, as by the parser of protobuf.
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80U) return value;
  }
  fail();
  return 0;
}

void WireReader::skip_bytes(std::uint64_t size) {
  if (size > static_cast<std::uint64_t>(end_ - at_)) {
    fail();
    return;
  }
  at_ += size;
}

void WireReader::skip_value(int depth) {
  switch (type_) {
    case varint: read_varint(); return;
    case fixed64: skip_bytes(8); return;
    case fixed32: skip_bytes(4); return;
    case bytes: skip_bytes(read_varint()); return;
    case group: {
      if (depth == 0) return fail();
      const auto opened = field_;
      while (next()) {
        if (type_ == end_group) {
          if (field_ != opened) fail();
          return;
        }
        skip_value(depth - 1);
      }
      return fail();
    }
    default: fail();
  }
}

}  // namespace depthwire::ctrader
