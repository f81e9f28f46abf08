#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct ZSTD_DCtx_s;

namespace depthwire::simulator {

/// A recorded file that cannot be what it should be. `what()` names file, line and expectation.
class CorruptRecording : public std::runtime_error {
 public:
  CorruptRecording(const std::filesystem::path& file, std::int64_t line, std::string_view expected);
};

/// The lines of a text file, or of a zstd file that holds one, without their ends. Holds one block
/// at a time, however long the file.
class LineReader {
 public:
  /// Throws std::system_error when the file cannot be opened.
  explicit LineReader(std::filesystem::path file);

  /// Gives the next line, good until the next call; false at the end. Throws CorruptRecording when
  /// the compression is damaged or cut off, std::system_error when reading fails.
  [[nodiscard]] bool next(std::string_view& line);

  [[nodiscard]] const std::filesystem::path& file() const { return path_; }
  /// Number of the line that next() gave last, from 1.
  [[nodiscard]] std::int64_t line_number() const { return line_number_; }

 private:
  struct FreeContext {
    void operator()(ZSTD_DCtx_s* context) const;
  };

  bool fill();
  bool read_block();
  void decompress();

  std::filesystem::path path_;
  std::ifstream file_;
  std::unique_ptr<ZSTD_DCtx_s, FreeContext> zstd_;
  std::vector<char> block_;     // as read
  std::size_t block_used_ = 0;  // of it, decompressed
  std::size_t block_size_ = 0;
  bool frame_open_ = false;      // the zstd frame has not ended
  bool output_pending_ = false;  // zstd may hold more for the same input
  std::string text_;             // lines not given yet begin at text_at_
  std::size_t text_at_ = 0;
  std::int64_t line_number_ = 0;
};

}  // namespace depthwire::simulator
