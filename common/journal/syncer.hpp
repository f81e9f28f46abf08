#pragma once

#include "common/journal/seal.hpp"
#include "common/journal/storage.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

namespace depthwire::journal {

/// A segment that nothing is appended to any more.
struct Finished {
  std::shared_ptr<StorageFile> file;
  std::filesystem::path path;
  Seal seal;
};

/// Syncs a journal's files 50 ms after a write, after 1 MiB, or when asked, away from the thread
/// that writes: one sync may take milliseconds. The first failure is kept and never retried, since
/// the kernel may have dropped the pages (reliability: fail-stop).
class Syncer {
 public:
  /// Without a thread of its own nothing happens but in round() and wait(): a test decides when.
  Syncer(Storage& storage, bool own_thread);
  ~Syncer();
  Syncer(const Syncer&) = delete;
  Syncer& operator=(const Syncer&) = delete;

  /// From now on `file` is the one that is written to.
  void use(std::shared_ptr<StorageFile> file);
  /// The same; what was written to until now is synced a last time, cut to its length and sealed.
  void use(std::shared_ptr<StorageFile> file, Finished finished);
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
  /// Notes that a write has failed: check() throws from now on.
  void fail(const std::string& why);
  /// Throws service::ExitError 74 when a write or a sync has failed.
  void check() const;
  /// What the thread does when it wakes: syncs if there is anything to sync. True when it did.
  bool round();

 private:
  static constexpr std::size_t sync_bytes = 1 << 20;

  void run();
  /// Lets the thread look at unsynced_, should it sleep.
  void wake();
  void sync_once(std::unique_lock<std::mutex>& lock);
  void seal(std::deque<Finished>& finished);
  [[nodiscard]] bool has_work() const;

  Storage& storage_;
  std::atomic<std::size_t> unsynced_ = 0;
  std::atomic<bool> failed_ = false;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::shared_ptr<StorageFile> file_;
  std::deque<Finished> finished_;
  std::string failure_;
  std::uint64_t rounds_begun_ = 0;
  std::uint64_t rounds_done_ = 0;
  bool requested_ = false;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace depthwire::journal
