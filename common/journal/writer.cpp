#include "common/journal/writer.hpp"

#include "common/journal/file.hpp"
#include "common/journal/recovery.hpp"
#include "common/journal/segment.hpp"
#include "common/journal/sync_thread.hpp"
#include "common/service/exit_error.hpp"

#include <fcntl.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <chrono>
#include <mutex>
#include <system_error>
#include <unordered_map>

namespace depthwire::journal {
namespace {

std::uint64_t unix_ms() {
  using std::chrono::duration_cast;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(duration_cast<std::chrono::milliseconds>(now).count());
}

[[noreturn]] void disk_failure(const std::system_error& error) {
  throw service::ExitError(
      service::exit_code::disk,
      std::string("journal: ") + error.what() +
          ". The directory must exist or be creatable, be writable by this user and have room.");
}

File lock_directory(const std::filesystem::path& directory) {
  try {
    std::filesystem::create_directories(directory);
    File lock(directory / "LOCK", O_RDWR | O_CREAT);
    if (!lock.try_lock()) {
      throw service::ExitError(service::exit_code::lock_held,
                               "journal " + directory.string() +
                                   " is in use by another process; only one may write it.");
    }
    return lock;
  } catch (const std::system_error& error) {
    disk_failure(error);
  }
}

Recovery recover_or_fail(const WriterOptions& options) {
  try {
    return recover(options.directory, options.cut_to_step);
  } catch (const std::system_error& error) {
    disk_failure(error);
  }
}

}  // namespace

class Writer::Impl {
 public:
  explicit Impl(WriterOptions options)
      : options_(std::move(options)), lock_(lock_directory(options_.directory)) {
    auto recovery = recover_or_fail(options_);
    recovered_ = recovery.found;
    epoch_ = std::max(recovered_.last.epoch + 1, unix_ms());
    next_offset_ = recovered_.last.offset + 1;
    head_ = recovered_.last;
    for (const auto& [name, offset] : recovery.topics) {
      const auto id = topic(name);
      auto& known = topics_[id.index];
      known.last = known.written = known.latest = offset;
    }
    begin_segment();
  }

  TopicId topic(std::string_view name) {
    const auto found = ids_.find(std::string(name));
    if (found != ids_.end()) return {found->second};
    assert(!name.empty() && name.back() == '|' && name.size() <= max_topic_bytes);
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

  void commit() {
    if (pending_.empty()) return;
    sync_.check();
    try {
      // A group lies in one segment, so a step is never split between two.
      if (written_ > 0 && written_ + group_bytes_.size() > options_.segment_bytes) {
        store_topics(file_->path(), written_topics());
        begin_segment();
      }
      file_->write_at(group_bytes_, written_);
    } catch (const std::system_error& error) {
      disk_failure(error);
    }
    written_ += group_bytes_.size();
    {
      const std::lock_guard lock(mutex_);
      for (const auto& pending : pending_) note_written(pending);
      head_ = pending_.back().position;
    }
    sync_.written(group_bytes_.size());
    if (control_in_group_) sync_.request();
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
  Recovered recovered_;
  std::uint64_t epoch_ = 0;
  bool segment_started_ = false;
  SyncThread sync_;

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

  void begin_segment() {
    const auto first = pending_.empty() ? next_offset_ : pending_.front().position.offset;
    try {
      auto file = std::make_shared<File>(options_.directory / segment_name(epoch_, first),
                                         O_RDWR | O_CREAT | O_EXCL);
      // Space is taken ahead, so that a sync need not grow the file.
      file->allocate(options_.segment_bytes);
      sync_directory(options_.directory);
      sync_.use(file, written_);
      file_ = std::move(file);
    } catch (const std::system_error& error) {
      disk_failure(error);
    }
    written_ = 0;
    segment_started_ = true;
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

  File lock_;
  std::shared_ptr<File> file_;
  std::size_t written_ = 0;
  std::uint64_t next_offset_ = 1;

  std::string group_bytes_;
  std::vector<Pending> pending_;
  std::vector<std::string_view> frames_;
  bool control_in_group_ = false;

  std::unordered_map<std::string, std::uint32_t> ids_;
  mutable std::mutex mutex_;  // what other threads read: written positions and head
  std::vector<Topic> topics_;
  Position head_;
};

Writer::Writer(WriterOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Writer::~Writer() = default;

const Recovered& Writer::recovered() const { return impl_->recovered_; }
std::uint64_t Writer::epoch() const { return impl_->epoch_; }
TopicId Writer::topic(std::string_view topic) { return impl_->topic(topic); }
Position Writer::append(TopicId topic, std::uint16_t payload_type, std::uint16_t flags,
                        std::string_view payload, std::int64_t publish_time_ns) {
  return impl_->append(topic, payload_type, flags, payload, publish_time_ns);
}
const std::vector<std::string_view>& Writer::group() const { return impl_->group(); }
void Writer::commit() { impl_->commit(); }
void Writer::clear_group() { impl_->clear_group(); }
bool Writer::take_segment_started() { return std::exchange(impl_->segment_started_, false); }
void Writer::request_sync() { impl_->sync_.request(); }
void Writer::sync() { impl_->sync_.wait(); }
Position Writer::head() const { return impl_->head(); }
std::vector<Newest> Writer::newest(std::string_view prefix) const { return impl_->newest(prefix); }

}  // namespace depthwire::journal
