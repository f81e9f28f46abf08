#pragma once

#include "common/journal/file.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace depthwire::journal {

/// Syncs a journal's files 50 ms after a write, after 1 MiB, or when asked, away from the thread
/// that writes: one sync may take milliseconds. The first failure is kept and never retried, since
/// the kernel may have dropped the pages (reliability: fail-stop).
class SyncThread {
 public:
  SyncThread();
  ~SyncThread();
  SyncThread(const SyncThread&) = delete;
  SyncThread& operator=(const SyncThread&) = delete;

  /// From now on `file` is the one that is written to; the one before is synced a last time, cut to
  /// `sealed_bytes` and closed.
  void use(std::shared_ptr<File> file, std::size_t sealed_bytes);
  /// `bytes` more have been written.
  void written(std::size_t bytes) {
    const auto before = unsynced_.fetch_add(bytes, std::memory_order_relaxed);
    if (before + bytes >= sync_bytes) {
      request();
    } else if (before == 0) {
      wake();
    }
  }
  /// Syncs soon.
  void request();
  /// Returns when all that was written before the call is durable. Throws as check().
  void wait();
  /// Throws service::ExitError 74 when a sync has failed.
  void check() const;

 private:
  static constexpr std::size_t sync_bytes = 1 << 20;

  struct Sealed {
    std::shared_ptr<File> file;
    std::size_t bytes = 0;
  };

  void run();
  /// Lets the thread look at unsynced_, should it sleep.
  void wake();
  void sync_once(std::unique_lock<std::mutex>& lock);

  std::atomic<std::size_t> unsynced_ = 0;
  std::atomic<bool> failed_ = false;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::shared_ptr<File> file_;
  std::vector<Sealed> sealed_;
  std::string failure_;
  std::uint64_t rounds_begun_ = 0;
  std::uint64_t rounds_done_ = 0;
  bool requested_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace depthwire::journal
