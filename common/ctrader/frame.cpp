#include "common/ctrader/frame.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace depthwire::ctrader {
namespace {

std::uint32_t read_length(const char* at) {
  std::uint32_t length = 0;
  for (std::size_t i = 0; i < frame_length_bytes; ++i) {
    length = length << 8U | static_cast<unsigned char>(at[i]);
  }
  return length;
}

}  // namespace

std::string_view to_string(FrameError error) {
  switch (error) {
    case FrameError::zero_length: return "a frame of length zero";
    case FrameError::oversize: return "a frame above the size limit";
  }
  return "unknown";
}

std::span<char> FrameSplitter::prepare(std::size_t size) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (buffer_.size() - end_ < size && begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < size) buffer_.resize(std::max(end_ + size, 2 * buffer_.size()));
  return {buffer_.data() + end_, buffer_.size() - end_};
}

void FrameSplitter::commit(std::size_t size) {
  assert(size <= buffer_.size() - end_);
  end_ += size;
}

tl::expected<std::optional<std::string_view>, FrameError> FrameSplitter::next() {
  if (buffered() < frame_length_bytes) return std::nullopt;
  const char* const at = buffer_.data() + begin_;
  const std::size_t length = read_length(at);
  if (length == 0) return tl::unexpected(FrameError::zero_length);
  if (length > limit_) return tl::unexpected(FrameError::oversize);
  if (buffered() - frame_length_bytes < length) return std::nullopt;
  begin_ += frame_length_bytes + length;
  return std::string_view{at + frame_length_bytes, length};
}

void append_frame(std::string& out, std::string_view message) {
  assert(!message.empty() && message.size() <= frame_limit_bytes);
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>(message.size() >> static_cast<unsigned>(shift) & 0xFFU));
  }
  out.append(message);
}

}  // namespace depthwire::ctrader
