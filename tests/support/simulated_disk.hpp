#pragma once

#include "common/journal/storage.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>

namespace depthwire::tests {

/// The power went off in the middle of a call. No std::system_error: nothing may handle it.
struct PowerCut {};

/// A disk in memory, behind the journal's file interface, that can lose power: what was synced
/// stays; of all else each 512-byte sector, each length and each directory entry stays, goes, or
/// (a sector) is torn, as the seed decides. It can be full, and a call can fail. One thread.
class SimulatedDisk final : public journal::Storage {
 public:
  static constexpr std::size_t sector_bytes = 512;

  /// Loses power now; files that are open are of no more use.
  void lose_power(std::mt19937_64& random);
  /// Loses power inside the `calls`-th call from now on that changes anything: PowerCut is thrown
  /// from it and from all that follow, until lose_power() ends it.
  void cut_power_after(std::uint64_t calls) { calls_left_ = calls; }
  /// The next write (or sync) throws `error`, once.
  void fail_next_write(int error) { write_error_ = error; }
  void fail_next_sync(int error) { sync_error_ = error; }
  /// How many bytes all files may take together.
  void set_capacity(std::uint64_t bytes) { capacity_ = bytes; }
  /// Calls of sync_data() that reached the disk.
  [[nodiscard]] std::uint64_t syncs() const { return syncs_; }
  /// Changes one byte that lies on the disk, as a failing medium does.
  void flip(const std::filesystem::path& path, std::size_t at);

  std::unique_ptr<journal::StorageFile> open(const std::filesystem::path& path,
                                             journal::Access access) override;
  bool exists(const std::filesystem::path& path) override;
  std::vector<std::string> list(const std::filesystem::path& directory) override;
  void create_directories(const std::filesystem::path& directory) override;
  void rename(const std::filesystem::path& from, const std::filesystem::path& to) override;
  void remove(const std::filesystem::path& path) override;
  void sync_directory(const std::filesystem::path& directory) override;
  journal::Space space(const std::filesystem::path& directory) override;

 private:
  friend class SimulatedFile;
  struct Inode {
    std::string bytes;            // as programs see them
    std::string durable;          // as a power cut leaves them at the least
    std::set<std::size_t> dirty;  // sectors that differ, or may
    bool locked = false;

    void lose_power(std::mt19937_64& random);
    void sync();
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;  // paths compare slowly

  void change();  // before each call that changes anything
  void write(Inode& inode, std::string_view bytes, std::size_t at);
  void resize(Inode& inode, std::size_t bytes);
  void sync(Inode& inode);
  [[nodiscard]] std::uint64_t used() const;

  Names names_;
  Names durable_names_;
  std::uint64_t capacity_ = 1ULL << 40;
  std::uint64_t calls_left_ = 0;  // 0: the power stays
  std::uint64_t syncs_ = 0;
  bool dark_ = false;
  int write_error_ = 0;
  int sync_error_ = 0;
};

/// Time that stands still until it is moved.
class ManualTime final : public journal::Time {
 public:
  [[nodiscard]] std::int64_t utc_ns() const override { return utc_ns_; }
  [[nodiscard]] std::chrono::steady_clock::time_point steady() const override { return steady_; }

  void advance(std::chrono::nanoseconds by) {
    utc_ns_ += by.count();
    steady_ += by;
  }
  /// Sets the wall clock, as an operator does.
  void set_utc_ns(std::int64_t ns) { utc_ns_ = ns; }

 private:
  std::int64_t utc_ns_ = 1'700'000'000'000'000'000;
  std::chrono::steady_clock::time_point steady_;
};

}  // namespace depthwire::tests
