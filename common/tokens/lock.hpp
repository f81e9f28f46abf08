#pragma once

#include "common/sqlite/database.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <sys/file.h>

namespace depthwire::tokens {

/// Held by the one process that may refresh the grant of a store; it goes with the process.
class HolderLock {
 public:
  /// Throws sqlite::Error when the lock's file, beside the store, cannot be made.
  explicit HolderLock(const std::filesystem::path& store_file) {
    const auto path = store_file.string() + ".lock";
    descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor_ < 0) throw sqlite::Error(path + ": cannot open: " + std::strerror(errno));
    held_ = ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
  }
  ~HolderLock() { ::close(descriptor_); }
  HolderLock(const HolderLock&) = delete;
  HolderLock& operator=(const HolderLock&) = delete;

  /// False when another process has it.
  [[nodiscard]] bool held() const { return held_; }

 private:
  int descriptor_ = -1;
  bool held_ = false;
};

}  // namespace depthwire::tokens
