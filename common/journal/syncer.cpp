#include "common/journal/syncer.hpp"

#include "common/service/exit_error.hpp"

#include <chrono>
#include <iterator>
#include <system_error>

namespace depthwire::journal {
namespace {

/// All that is written within this time shares one sync.
constexpr std::chrono::milliseconds sync_every{50};

}  // namespace

Syncer::Syncer(Storage& storage, bool own_thread) : storage_(storage) {
  if (own_thread) thread_ = std::thread([this] { run(); });
}

Syncer::~Syncer() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Syncer::use(std::shared_ptr<StorageFile> file) {
  {
    const std::lock_guard lock(mutex_);
    file_ = std::move(file);
  }
  request();
}

void Syncer::use(std::shared_ptr<StorageFile> file, Finished finished) {
  {
    const std::lock_guard lock(mutex_);
    finished_.push_back(std::move(finished));
  }
  use(std::move(file));
}

void Syncer::request() {
  {
    const std::lock_guard lock(mutex_);
    requested_ = true;
  }
  wake_.notify_one();
}

void Syncer::wait() {
  std::unique_lock lock(mutex_);
  if (!thread_.joinable()) {
    if (failure_.empty()) sync_once(lock);
  } else {
    // A round that has begun may have missed the newest bytes; the one after it has not.
    const auto wanted = rounds_begun_ + 1;
    requested_ = true;
    wake_.notify_one();
    done_.wait(lock, [&] { return rounds_done_ >= wanted || !failure_.empty(); });
  }
  lock.unlock();
  check();
}

void Syncer::fail(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (failure_.empty()) failure_ = why;
  failed_.store(true, std::memory_order_release);
  done_.notify_all();
}

void Syncer::check() const {
  if (!failed_.load(std::memory_order_acquire)) return;
  const std::lock_guard lock(mutex_);
  throw service::ExitError(service::exit_code::disk,
                           "the journal cannot be made durable: " + failure_ +
                               ". Nothing more is published. Check the disk, then start again.");
}

void Syncer::wake() {
  {
    // It may have looked and not sleep yet: with the lock taken once, it does.
    const std::lock_guard lock(mutex_);
  }
  wake_.notify_one();
}

bool Syncer::has_work() const {
  return requested_ || unsynced_.load(std::memory_order_relaxed) > 0;
}

void Syncer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    const auto asked = [this] { return requested_ || stop_; };
    wake_.wait(lock, [&] { return asked() || has_work(); });
    wake_.wait_for(lock, sync_every, asked);
    if (has_work() && failure_.empty()) sync_once(lock);
    requested_ = requested_ && failure_.empty();
    if (stop_) return;
  }
}

bool Syncer::round() {
  std::unique_lock lock(mutex_);
  if (!has_work() || !failure_.empty()) return false;
  sync_once(lock);
  return true;
}

void Syncer::sync_once(std::unique_lock<std::mutex>& lock) {
  requested_ = false;
  ++rounds_begun_;
  const auto round = rounds_begun_;
  const auto file = file_;
  auto finished = std::exchange(finished_, {});
  unsynced_.store(0, std::memory_order_relaxed);
  lock.unlock();
  std::string failure;
  try {
    // Older files first: nothing is durable before what it follows.
    for (const auto& segment : finished) {
      segment.file->truncate(segment.seal.bytes);
      segment.file->sync_data();
    }
    if (file) file->sync_data();
    seal(finished);
  } catch (const std::system_error& error) {
    failure = error.what();
  }
  lock.lock();
  finished_.insert(finished_.begin(), std::make_move_iterator(finished.begin()),
                   std::make_move_iterator(finished.end()));
  rounds_done_ = round;
  if (!failure.empty()) {
    failure_ = failure;
    failed_.store(true, std::memory_order_release);
  }
  done_.notify_all();
}

// Leaves in `finished` what there is no room for: the next round tries again.
void Syncer::seal(std::deque<Finished>& finished) {
  while (!finished.empty()) {
    try {
      store_seal(storage_, finished.front().path, finished.front().seal);
    } catch (const std::system_error& error) {
      if (is_disk_full(error)) return;
      throw;
    }
    finished.pop_front();
  }
}

}  // namespace depthwire::journal
