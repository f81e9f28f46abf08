#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <sys/types.h>
#include <utility>

namespace depthwire::journal {

/// A file descriptor that closes itself. Every call throws std::system_error with the path.
class File {
 public:
  File() = default;
  File(const std::filesystem::path& path, int flags, mode_t mode = 0644);
  ~File();
  File(File&& other) noexcept
      : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
  File& operator=(File&& other) noexcept;

  [[nodiscard]] bool open() const { return descriptor_ >= 0; }
  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::size_t size() const;

  /// Reads up to `count` bytes at `at`; fewer only at the end of the file.
  std::size_t read_at(char* into, std::size_t count, std::size_t at) const;
  void write_at(std::string_view bytes, std::size_t at) const;
  void allocate(std::size_t bytes) const;
  void truncate(std::size_t bytes) const;
  void sync_data() const;
  /// False when another open file holds the lock.
  [[nodiscard]] bool try_lock() const;
  void close();

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
};

/// Makes names in `directory` durable.
void sync_directory(const std::filesystem::path& directory);

}  // namespace depthwire::journal
