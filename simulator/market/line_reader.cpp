#include "simulator/market/line_reader.hpp"

#include <zstd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace depthwire::simulator {
namespace {

constexpr std::size_t block_bytes = 1U << 17U;

}  // namespace

CorruptRecording::CorruptRecording(const std::filesystem::path& file, std::int64_t line,
                                   std::string_view expected)
    : std::runtime_error(file.string() + ":" + std::to_string(line) + ": expected " +
                         std::string(expected)) {}

void LineReader::FreeContext::operator()(ZSTD_DCtx_s* context) const { ZSTD_freeDCtx(context); }

LineReader::LineReader(std::filesystem::path file)
    : path_(std::move(file)), file_(path_, std::ios::binary), block_(block_bytes) {
  if (!file_) {
    throw std::system_error(errno, std::generic_category(), "cannot open " + path_.string());
  }
  if (path_.extension() == ".zst") zstd_.reset(ZSTD_createDCtx());
}

bool LineReader::next(std::string_view& line) {
  auto end = text_.find('\n', text_at_);
  while (end == std::string::npos) {
    text_.erase(0, text_at_);
    text_at_ = 0;
    const auto looked_at = text_.size();
    if (!fill()) {
      if (text_.empty()) return false;
      end = text_.size();  // a last line without its end
      break;
    }
    end = text_.find('\n', looked_at);
  }
  line = std::string_view(text_).substr(text_at_, end - text_at_);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  text_at_ = std::min(end + 1, text_.size());
  ++line_number_;
  return true;
}

// Adds something to text_, or says that there is nothing more.
bool LineReader::fill() {
  const auto before = text_.size();
  while (text_.size() == before) {
    if (!output_pending_ && block_used_ == block_size_ && !read_block()) {
      if (frame_open_) {
        throw CorruptRecording(path_, line_number_ + 1, "more of the file: its zstd frame is cut");
      }
      return false;
    }
    if (zstd_) {
      decompress();
    } else {
      text_.append(block_.data(), block_size_);
      block_used_ = block_size_;
    }
  }
  return true;
}

bool LineReader::read_block() {
  file_.read(block_.data(), static_cast<std::streamsize>(block_.size()));
  if (file_.bad()) {
    throw std::system_error(errno, std::generic_category(), "cannot read " + path_.string());
  }
  block_size_ = static_cast<std::size_t>(file_.gcount());
  block_used_ = 0;
  return block_size_ > 0;
}

void LineReader::decompress() {
  const auto before = text_.size();
  text_.resize(before + ZSTD_DStreamOutSize());
  ZSTD_inBuffer in{block_.data(), block_size_, block_used_};
  ZSTD_outBuffer out{text_.data(), text_.size(), before};
  const std::size_t rest = ZSTD_decompressStream(zstd_.get(), &out, &in);
  if (ZSTD_isError(rest) != 0U) {
    throw CorruptRecording(path_, line_number_ + 1,
                           std::string("zstd data: ") + ZSTD_getErrorName(rest));
  }
  output_pending_ = out.pos == out.size;
  frame_open_ = rest != 0;
  block_used_ = in.pos;
  text_.resize(out.pos);
}

}  // namespace depthwire::simulator
