#include "common/journal/archive.hpp"

#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <system_error>

namespace depthwire::journal {
namespace {

constexpr int level = 3;
/// No segment is that long: its group would not fit in memory.
constexpr unsigned long long longest_segment = 1ULL << 32;
constexpr std::size_t piece_bytes = 1 << 20;

std::optional<std::string> unpack(std::string_view packed) {
  const auto size = ::ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR ||
      size > longest_segment) {
    return std::nullopt;
  }
  const std::unique_ptr<ZSTD_DCtx, decltype(&::ZSTD_freeDCtx)> context(::ZSTD_createDCtx(),
                                                                       &::ZSTD_freeDCtx);
  // Piece by piece: a damaged size does not take the memory that it names.
  std::string bytes;
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  for (std::size_t left = 1; left != 0;) {
    const auto at = bytes.size();
    bytes.resize(at + piece_bytes);
    ZSTD_outBuffer out{bytes.data() + at, piece_bytes, 0};
    left = ::ZSTD_decompressStream(context.get(), &out, &in);
    bytes.resize(at + out.pos);
    const bool cut = in.pos == in.size && out.pos < piece_bytes && left != 0;
    if (::ZSTD_isError(left) != 0 || cut || bytes.size() > size) return std::nullopt;
  }
  if (bytes.size() != size || in.pos != in.size) return std::nullopt;
  return bytes;
}

class Unpacked final : public StorageFile {
 public:
  explicit Unpacked(std::string bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::size_t size() const override { return bytes_.size(); }
  std::size_t read_at(char* into, std::size_t count, std::size_t at) const override {
    if (at >= bytes_.size()) return 0;
    const auto size = std::min(count, bytes_.size() - at);
    std::memcpy(into, bytes_.data() + at, size);
    return size;
  }
  void write_at(std::string_view, std::size_t) override { refuse(); }
  void allocate(std::size_t) override { refuse(); }
  void truncate(std::size_t) override { refuse(); }
  void sync_data() override { refuse(); }
  [[nodiscard]] bool try_lock() override { refuse(); }

 private:
  [[noreturn]] static void refuse() {
    throw std::system_error(std::make_error_code(std::errc::read_only_file_system),
                            "an archived segment is only read");
  }
  std::string bytes_;
};

}  // namespace

std::optional<std::string> read_segment(Storage& storage, const Segment& segment) {
  auto bytes = read_all(*storage.open(segment.path, Access::read));
  if (!segment.archived) return bytes;
  return unpack(bytes);
}

std::unique_ptr<StorageFile> open_segment(Storage& storage, const Segment& segment) {
  if (!segment.archived) return storage.open(segment.path, Access::read);
  auto bytes = read_segment(storage, segment);
  return bytes ? std::make_unique<Unpacked>(std::move(*bytes)) : nullptr;
}

std::filesystem::path archived_path(const std::filesystem::path& archive, const Segment& segment) {
  return archive / (segment.path.filename().string() + ".zst");
}

void archive_segment(Storage& storage, const Segment& segment, std::string_view bytes,
                     const std::filesystem::path& archive) {
  std::string packed(::ZSTD_compressBound(bytes.size()), '\0');
  const auto size =
      ::ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), level);
  if (::ZSTD_isError(size) != 0) {
    throw std::system_error(
        std::make_error_code(std::errc::not_enough_memory),
        std::string("cannot pack ") + segment.path.string() + ": " + ::ZSTD_getErrorName(size));
  }
  storage.create_directories(archive);
  const auto path = archived_path(archive, segment);
  const std::filesystem::path fresh = path.string() + ".new";
  {
    const auto file = storage.open(fresh, Access::overwrite);
    file->write_at(std::string_view(packed).substr(0, size), 0);
    file->sync_data();
  }
  storage.rename(fresh, path);
  storage.sync_directory(archive);
}

}  // namespace depthwire::journal
