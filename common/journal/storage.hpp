#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace depthwire::journal {

/// An open file of a journal. Every call throws std::system_error with the path.
class StorageFile {
 public:
  virtual ~StorageFile() = default;
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// Reads up to `count` bytes at `at`; fewer only at the end of the file.
  virtual std::size_t read_at(char* into, std::size_t count, std::size_t at) const = 0;
  virtual void write_at(std::string_view bytes, std::size_t at) = 0;
  /// Takes the space of `bytes` from the start on, so that writing there cannot find the disk full.
  virtual void allocate(std::size_t bytes) = 0;
  virtual void truncate(std::size_t bytes) = 0;
  virtual void sync_data() = 0;
  /// False when another open file holds the lock.
  [[nodiscard]] virtual bool try_lock() = 0;
};

/// How a file is opened.
enum class Access : std::uint8_t {
  read,
  write,      ///< an existing file, to read and write
  create,     ///< a new file; fails when there is one
  overwrite,  ///< a new file, or the existing one emptied
  lock,       ///< the existing file or a new one, to hold a lock on
};

struct Space {
  std::uint64_t free = 0;  ///< bytes that this user may still take
  std::uint64_t total = 0;
};

/// The files below a journal, a small part of what the system offers: the real ones, or in tests
/// a disk that loses power. Every call throws std::system_error with the path. Thread-safe.
class Storage {
 public:
  virtual ~Storage() = default;
  [[nodiscard]] virtual std::unique_ptr<StorageFile> open(const std::filesystem::path& path,
                                                          Access access) = 0;
  [[nodiscard]] virtual bool exists(const std::filesystem::path& path) = 0;
  /// The names in a directory, in no order.
  [[nodiscard]] virtual std::vector<std::string> list(const std::filesystem::path& directory) = 0;
  virtual void create_directories(const std::filesystem::path& directory) = 0;
  virtual void rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  /// What is not there is no error.
  virtual void remove(const std::filesystem::path& path) = 0;
  /// Makes the names in `directory` durable.
  virtual void sync_directory(const std::filesystem::path& directory) = 0;
  [[nodiscard]] virtual Space space(const std::filesystem::path& directory) = 0;
};

/// The files of this machine.
[[nodiscard]] Storage& disk();

/// Tells one run of this machine from the next; "" when that cannot be told.
[[nodiscard]] std::string machine_boot();

/// All bytes of a file.
[[nodiscard]] std::string read_all(const StorageFile& file);

/// Where a journal takes its time from: the system, or the test.
class Time {
 public:
  virtual ~Time() = default;
  [[nodiscard]] virtual std::int64_t utc_ns() const = 0;
  [[nodiscard]] virtual std::chrono::steady_clock::time_point steady() const = 0;
};

/// The time of this machine.
[[nodiscard]] const Time& system_time();

/// True for an error that passes once there is room again: the disk or the quota is full.
[[nodiscard]] bool is_disk_full(const std::system_error& error);

}  // namespace depthwire::journal
