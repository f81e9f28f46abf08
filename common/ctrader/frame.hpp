#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::ctrader {

/// The length before each frame.
inline constexpr std::size_t frame_length_bytes = 4;
/// The largest frame we accept; the server's own limit is not documented.
inline constexpr std::size_t frame_limit_bytes = 16UL * 1024 * 1024;

/// Why a byte stream cannot be cut into frames. The connection is then of no further use.
enum class FrameError : std::uint8_t { zero_length, oversize };

[[nodiscard]] std::string_view to_string(FrameError error);

/// Cuts a byte stream into frames: a length of 4 bytes, big-endian, that does not count itself,
/// then as many bytes. Reads go straight into its buffer, which grows to the largest frame seen.
class FrameSplitter {
 public:
  explicit FrameSplitter(std::size_t limit_bytes = frame_limit_bytes) : limit_{limit_bytes} {}

  /// At least `size` bytes to read into. Ends the life of all frames given out before.
  [[nodiscard]] std::span<char> prepare(std::size_t size);
  /// The first `size` bytes of what prepare() gave now hold data.
  void commit(std::size_t size);

  /// The next whole frame, without its length; empty until more bytes have come. Valid until the
  /// next prepare(). An error stays.
  [[nodiscard]] tl::expected<std::optional<std::string_view>, FrameError> next();

  /// Bytes that belong to no frame given out yet.
  [[nodiscard]] std::size_t buffered() const { return end_ - begin_; }
  void clear() { begin_ = end_ = 0; }

 private:
  std::size_t limit_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;  // first byte not given out
  std::size_t end_ = 0;    // end of the data
};

/// Appends `message` to `out` as one frame.
void append_frame(std::string& out, std::string_view message);

}  // namespace depthwire::ctrader
