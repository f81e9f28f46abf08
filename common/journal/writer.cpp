#include "common/journal/writer.hpp"

#include "common/journal/recovery.hpp"
#include "common/journal/segment.hpp"
#include "common/journal/syncer.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <mutex>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace depthwire::journal {
namespace {

/// While the disk is full, groups come often and room seldom.
constexpr std::chrono::milliseconds retry_after{100};

[[noreturn]] void disk_failure(const std::system_error& error) {
  throw service::ExitError(
      service::exit_code::disk,
      std::string("journal: ") + error.what() +
          ". The directory must exist or be creatable, and be writable by this user.");
}

[[noreturn]] void refuse_start(const std::system_error& error) {
  if (!is_disk_full(error)) disk_failure(error);
  throw DiskFull(service::exit_code::disk,
                 std::string("journal: ") + error.what() + ". Make room on the journal's disk.");
}

std::unique_ptr<StorageFile> lock_directory(const WriterOptions& options) {
  try {
    options.storage->create_directories(options.directory);
    auto lock = options.storage->open(options.directory / "LOCK", Access::lock);
    if (!lock->try_lock()) {
      throw service::ExitError(service::exit_code::lock_held,
                               "journal " + options.directory.string() +
                                   " is in use by another process; only one may write it.");
    }
    return lock;
  } catch (const std::system_error& error) {
    refuse_start(error);
  }
}

Recovery recover_or_fail(const WriterOptions& options) {
  try {
    return recover(options.directory, options.cut_to_step, *options.storage, *options.time);
  } catch (const std::system_error& error) {
    refuse_start(error);
  }
}

// Whether the last writer ran since this machine was started, so that the kernel has kept all that
// was written; the lock file remembers. It need not be synced: what a power cut leaves of it names
// no later boot.
bool note_boot(StorageFile& lock, const std::string& boot) {
  if (boot.empty()) return false;
  try {
    if (read_all(lock) == boot) return true;
    lock.truncate(0);
    lock.write_at(boot, 0);
  } catch (const std::system_error& error) {
    if (!is_disk_full(error)) refuse_start(error);
  }
  return false;
}

}  // namespace

class Writer::Impl {
 public:
  explicit Impl(WriterOptions options)
      : options_(std::move(options)),
        lock_(lock_directory(options_)),
        sync_(*options_.storage, options_.sync_thread) {
    auto recovery = recover_or_fail(options_);
    recovered_ = recovery.found;
    recovered_.same_boot = note_boot(*lock_, options_.boot);
    unchecked_ = std::move(recovery.unchecked);
    const auto unix_ms = static_cast<std::uint64_t>(options_.time->utc_ns() / 1'000'000);
    epoch_ = std::max(recovered_.last.epoch + 1, unix_ms);
    next_offset_ = recovered_.last.offset + 1;
    head_ = recovered_.last;
    for (const auto& [name, offset] : recovery.topics) {
      const auto id = topic(name);
      auto& known = topics_[id.index];
      known.last = known.written = known.latest = offset;
    }
    try {
      file_ = make_segment(next_offset_);
    } catch (const std::system_error& error) {
      refuse_start(error);
    }
    sync_.use(file_);
  }

  TopicId topic(std::string_view name) {
    const auto found = ids_.find(std::string(name));
    if (found != ids_.end()) return {found->second};
    assert(is_topic(name));
    const std::lock_guard lock(mutex_);
    const auto index = static_cast<std::uint32_t>(topics_.size());
    topics_.push_back({.name = std::string(name)});
    ids_.emplace(name, index);
    return {index};
  }

  Position append(TopicId id, std::uint16_t type, std::uint16_t flags, std::string_view payload,
                  std::int64_t publish_time_ns) {
    Topic& topic = topics_[id.index];
    const Position position{epoch_, next_offset_++};
    const std::size_t start = group_bytes_.size();
    const std::size_t frame = append_entry(group_bytes_, topic.name,
                                           {.position = position,
                                            .topic_prev = topic.last,
                                            .publish_time_ns = publish_time_ns,
                                            .payload_type = type,
                                            .flags = flags},
                                           payload);
    topic.last = position.offset;
    group_time_ns_ = publish_time_ns;
    pending_.push_back({id.index, flags, position, start + 8, frame});
    control_in_group_ = control_in_group_ || type >= first_control_type;
    return position;
  }

  const std::vector<std::string_view>& group() {
    for (std::size_t i = frames_.size(); i < pending_.size(); ++i) {
      frames_.push_back(
          std::string_view(group_bytes_).substr(pending_[i].frame_at, pending_[i].frame_bytes));
    }
    return frames_;
  }

  bool commit() {
    if (pending_.empty()) return true;
    sync_.check();
    if (full_ && options_.time->steady() < retry_at_) return false;
    try {
      // A group lies in one segment, so a step is never split between two.
      const bool fits = written_ == 0 || written_ + group_bytes_.size() <= options_.segment_bytes;
      if (segment_ended_ || !fits) begin_segment();
      write_group();
      full_ = false;
    } catch (const std::system_error& error) {
      if (!is_disk_full(error)) {
        sync_.fail(error.what());
        disk_failure(error);
      }
      full_ = true;
      retry_at_ = options_.time->steady() + retry_after;
      return false;
    }
    written_ += group_bytes_.size();
    last_time_ns_ = group_time_ns_;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& pending : pending_) note_written(pending);
      head_ = pending_.back().position;
    }
    sync_.written(group_bytes_.size());
    if (control_in_group_) sync_.request();
    return true;
  }

  void discard_group() {
    if (!pending_.empty()) next_offset_ = pending_.front().position.offset;
    for (const auto& pending : pending_)
      topics_[pending.topic].last = topics_[pending.topic].written;
    clear_group();
  }

  void clear_group() {
    group_bytes_.clear();
    pending_.clear();
    frames_.clear();
    control_in_group_ = false;
  }

  std::vector<Newest> newest(std::string_view prefix) const {
    const std::lock_guard lock(mutex_);
    std::vector<Newest> found;
    for (const auto& topic : topics_) {
      if (topic.latest > 0 && topic.name.starts_with(prefix)) {
        found.push_back({topic.name, topic.latest, topic.written});
      }
    }
    return found;
  }

  Position head() const {
    const std::lock_guard lock(mutex_);
    return head_;
  }

  WriterOptions options_;
  std::unique_ptr<StorageFile> lock_;  // outlives the sync thread
  Recovered recovered_;
  std::vector<Segment> unchecked_;
  std::uint64_t epoch_ = 0;
  bool segment_started_ = false;
  Syncer sync_;

 private:
  struct Topic {
    std::string name;
    std::uint64_t last = 0;     // appended
    std::uint64_t written = 0;  // committed
    std::uint64_t latest = 0;   // committed, where a late reader begins; guarded by mutex_
    bool has_keyframes = false;
  };
  struct Pending {
    std::uint32_t topic = 0;
    std::uint16_t flags = no_flags;
    Position position;
    std::size_t frame_at = 0;
    std::size_t frame_bytes = 0;
  };

  void write_group() {
    try {
      file_->write_at(group_bytes_, written_);
    } catch (const std::system_error& error) {
      if (!is_disk_full(error)) throw;
      // Part of the group may lie there. The segment ends before it.
      segment_ended_ = written_ > 0;
      file_->truncate(written_);
      throw;
    }
  }

  std::shared_ptr<StorageFile> make_segment(std::uint64_t first) {
    auto path = options_.directory / segment_name(epoch_, first);
    std::shared_ptr<StorageFile> file = options_.storage->open(path, Access::create);
    try {
      // Space is taken ahead, so that a sync need not grow the file.
      file->allocate(options_.segment_bytes);
    } catch (const std::system_error&) {
      file.reset();
      options_.storage->remove(path);
      throw;
    }
    options_.storage->sync_directory(options_.directory);
    path_ = std::move(path);
    segment_started_ = true;
    return file;
  }

  void begin_segment() {
    Finished finished{file_, path_, {written_, head_, last_time_ns_, written_topics()}};
    file_ = make_segment(pending_.front().position.offset);
    sync_.use(file_, std::move(finished));
    written_ = 0;
    segment_ended_ = false;
  }

  void note_written(const Pending& pending) {
    Topic& topic = topics_[pending.topic];
    const bool is_keyframe = (pending.flags & keyframe) != 0;
    topic.written = pending.position.offset;
    topic.has_keyframes = topic.has_keyframes || is_keyframe;
    if (is_keyframe || !topic.has_keyframes) topic.latest = pending.position.offset;
  }

  TopicTable written_topics() const {
    TopicTable table;
    for (const auto& topic : topics_) {
      if (topic.written > 0) table.emplace(topic.name, topic.written);
    }
    return table;
  }

  std::shared_ptr<StorageFile> file_;
  std::filesystem::path path_;
  std::size_t written_ = 0;
  std::int64_t last_time_ns_ = 0;
  bool segment_ended_ = false;  // the next group begins a new one
  bool full_ = false;
  std::chrono::steady_clock::time_point retry_at_;
  std::uint64_t next_offset_ = 1;

  std::string group_bytes_;
  std::vector<Pending> pending_;
  std::vector<std::string_view> frames_;
  bool control_in_group_ = false;
  std::int64_t group_time_ns_ = 0;

  std::unordered_map<std::string, std::uint32_t> ids_;
  mutable std::mutex mutex_;  // what other threads read: written positions and head
  std::vector<Topic> topics_;
  Position head_;
};

Writer::Writer(WriterOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Writer::~Writer() = default;

const Recovered& Writer::recovered() const { return impl_->recovered_; }
std::vector<Segment> Writer::take_unchecked() { return std::exchange(impl_->unchecked_, {}); }
std::uint64_t Writer::epoch() const { return impl_->epoch_; }
TopicId Writer::topic(std::string_view topic) { return impl_->topic(topic); }
Position Writer::append(TopicId topic, std::uint16_t payload_type, std::uint16_t flags,
                        std::string_view payload, std::int64_t publish_time_ns) {
  return impl_->append(topic, payload_type, flags, payload, publish_time_ns);
}
const std::vector<std::string_view>& Writer::group() const { return impl_->group(); }
bool Writer::commit() { return impl_->commit(); }
void Writer::discard_group() { impl_->discard_group(); }
void Writer::clear_group() { impl_->clear_group(); }
bool Writer::take_segment_started() { return std::exchange(impl_->segment_started_, false); }
void Writer::sync() { impl_->sync_.wait(); }
bool Writer::sync_round() { return impl_->sync_.round(); }
Position Writer::head() const { return impl_->head(); }
std::vector<Newest> Writer::newest(std::string_view prefix) const { return impl_->newest(prefix); }

}  // namespace depthwire::journal
