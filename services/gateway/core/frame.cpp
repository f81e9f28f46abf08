#include "services/gateway/core/frame.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace depthwire::gateway {
namespace {

constexpr std::array<std::string_view, stream_count> names = {
    "book", "spot",   "signal",     "series", "flow",  "sentiment",
    "bar",  "symbol", "connection", "alert",  "status"};

constexpr char final_text = '\x81';
constexpr char final_close = '\x88';

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
    out += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFU);
  }
}

}  // namespace

std::string_view to_string(Stream stream) { return names.at(static_cast<std::size_t>(stream)); }

std::optional<Stream> parse_stream(std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) return std::nullopt;
  return static_cast<Stream>(found - names.begin());
}

void append_text_header(std::string& out, std::size_t payload_bytes) {
  out += final_text;
  if (payload_bytes < 126) {
    out += static_cast<char>(payload_bytes);
  } else if (payload_bytes <= 0xFFFF) {
    out += static_cast<char>(126);
    append_big_endian(out, payload_bytes, 2);
  } else {
    out += static_cast<char>(127);
    append_big_endian(out, payload_bytes, 8);
  }
}

std::string text_frame(std::string_view payload) {
  std::string frame;
  frame.reserve(payload.size() + 10);
  append_text_header(frame, payload.size());
  frame += payload;
  return frame;
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  assert(reason.size() <= 123);
  std::string frame{final_close, static_cast<char>(reason.size() + 2)};
  append_big_endian(frame, code, 2);
  frame += reason;
  return frame;
}

std::string_view frame_payload(std::string_view frame) {
  const auto length = static_cast<unsigned char>(frame.at(1));
  return frame.substr(length < 126 ? 2 : length == 126 ? 4 : 10);
}

}  // namespace depthwire::gateway
