#include "common/bus/snapshot_writer.hpp"

#include <exception>

namespace depthwire::bus {

SnapshotWriter::SnapshotWriter(std::filesystem::path directory)
    : files_(std::move(directory)), thread_([this] { run(); }) {}

SnapshotWriter::~SnapshotWriter() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

bool SnapshotWriter::idle() const {
  const std::lock_guard lock(mutex_);
  return !given_;
}

void SnapshotWriter::give(Snapshot snapshot) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !given_; });
    given_ = std::move(snapshot);
  }
  changed_.notify_all();
}

void SnapshotWriter::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !given_; });
}

SnapshotCounts SnapshotWriter::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void SnapshotWriter::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || given_; });
    if (!given_) return;
    std::string error;
    lock.unlock();
    try {
      files_.write(*given_);  // nobody touches it until it is reset
    } catch (const std::exception& failure) {
      error = failure.what();
    }
    lock.lock();
    counts_.bytes = given_->state.size();
    ++(error.empty() ? counts_.written : counts_.failed);
    if (!error.empty()) counts_.error = error;
    given_.reset();
    changed_.notify_all();
  }
}

}  // namespace depthwire::bus
