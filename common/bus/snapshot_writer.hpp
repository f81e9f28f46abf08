#pragma once

#include "common/bus/snapshot.hpp"

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace depthwire::bus {

/// What became of the snapshots that were given.
struct SnapshotCounts {
  std::uint64_t written = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;  ///< of the newest state
  std::string error;        ///< of the newest failure
};

/// Writes snapshots on a thread of its own, for a sync takes as long as the disk likes. Without
/// snapshots a stage only restarts more slowly, so a failure is counted and told.
class SnapshotWriter {
 public:
  explicit SnapshotWriter(std::filesystem::path directory);
  ~SnapshotWriter();
  SnapshotWriter(const SnapshotWriter&) = delete;
  SnapshotWriter& operator=(const SnapshotWriter&) = delete;

  /// Nothing is being written: the next may be given.
  [[nodiscard]] bool idle() const;
  /// Hands a snapshot over; waits for the one before.
  void give(Snapshot snapshot);
  /// Waits until all that was given is on the disk, or has failed.
  void finish();
  [[nodiscard]] SnapshotCounts counts() const;

 private:
  void run();

  SnapshotFiles files_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Snapshot> given_;  // until it is written
  bool stop_ = false;
  SnapshotCounts counts_;
  std::thread thread_;
};

}  // namespace depthwire::bus
