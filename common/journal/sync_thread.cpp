#include "common/journal/sync_thread.hpp"

#include "common/service/exit_error.hpp"

#include <chrono>
#include <system_error>

namespace depthwire::journal {
namespace {

/// All that is written within this time shares one sync.
constexpr std::chrono::milliseconds sync_every{50};

}  // namespace

SyncThread::SyncThread() : thread_([this] { run(); }) {}

SyncThread::~SyncThread() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void SyncThread::use(std::shared_ptr<File> file, std::size_t sealed_bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (file_) sealed_.push_back({std::move(file_), sealed_bytes});
    file_ = std::move(file);
    requested_ = true;
  }
  wake_.notify_one();
}

void SyncThread::request() {
  {
    const std::lock_guard lock(mutex_);
    requested_ = true;
  }
  wake_.notify_one();
}

void SyncThread::wait() {
  std::unique_lock lock(mutex_);
  // A round that has begun may have missed the newest bytes; the one after it has not.
  const auto wanted = rounds_begun_ + 1;
  requested_ = true;
  wake_.notify_one();
  done_.wait(lock, [&] { return rounds_done_ >= wanted || !failure_.empty(); });
  lock.unlock();
  check();
}

void SyncThread::check() const {
  if (!failed_.load(std::memory_order_acquire)) return;
  const std::lock_guard lock(mutex_);
  throw service::ExitError(service::exit_code::disk,
                           "the journal cannot be made durable: " + failure_ +
                               ". Nothing more is published. Check the disk, then start again.");
}

void SyncThread::wake() {
  {
    // It may have looked and not sleep yet: with the lock taken once, it does.
    const std::lock_guard lock(mutex_);
  }
  wake_.notify_one();
}

void SyncThread::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto asked = [this] { return requested_ || stop_; };
    const auto has_unsynced = [this] { return unsynced_.load(std::memory_order_relaxed) > 0; };
    wake_.wait(lock, [&] { return asked() || has_unsynced(); });
    wake_.wait_for(lock, sync_every, asked);
    const bool work = requested_ || has_unsynced();
    requested_ = false;
    if (work && failure_.empty()) sync_once(lock);
    if (stop_) return;
  }
}

void SyncThread::sync_once(std::unique_lock<std::mutex>& lock) {
  ++rounds_begun_;
  const auto round = rounds_begun_;
  const auto file = file_;
  const auto sealed = std::exchange(sealed_, {});
  unsynced_.store(0, std::memory_order_relaxed);
  lock.unlock();
  std::string failure;
  try {
    for (const auto& [old, bytes] : sealed) {
      old->truncate(bytes);
      old->sync_data();
    }
    if (file) file->sync_data();
  } catch (const std::system_error& error) {
    failure = error.what();
  }
  lock.lock();
  rounds_done_ = round;
  if (!failure.empty()) {
    failure_ = failure;
    failed_.store(true, std::memory_order_release);
  }
  done_.notify_all();
}

}  // namespace depthwire::journal
