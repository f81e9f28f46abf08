#pragma once

#include "common/journal/format.hpp"
#include "common/journal/segment.hpp"
#include "common/journal/storage.hpp"
#include "common/service/exit_error.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::journal {

struct WriterOptions {
  std::filesystem::path directory;
  std::uint64_t segment_bytes = 64ULL << 20;
  bool cut_to_step = false;  ///< a stage: recovery cuts back to the last whole step
  Storage* storage = &disk();
  const Time* time = &system_time();
  std::string boot = machine_boot();
  bool sync_thread = true;  ///< false: nothing is synced but in sync_round() and sync()
};

/// What recovery found, to be declared in EPOCH_START.
struct Recovered {
  Position last;                  ///< the last record kept; {0, 0} in a new journal
  std::uint64_t torn_bytes = 0;   ///< cut from the tail: not a whole record
  std::uint64_t cut_records = 0;  ///< cut from the tail: not a whole step
  bool same_boot = false;  ///< the machine has run through since the last writer: nothing is lost
};

/// There is no room for a segment. It may pass: try again.
struct DiskFull : service::ExitError {
  using ExitError::ExitError;
};

/// A topic that has been looked up once; cheap to append to.
struct TopicId {
  std::uint32_t index = 0;
};

/// Where the newest keyframe, or in a topic without keyframes the newest record, lies.
struct Newest {
  std::string topic;
  std::uint64_t offset = 0;
  std::uint64_t last = 0;  ///< the topic's newest record, keyframe or not
};

/// What is known of a journal without reading it.
class Catalogue {
 public:
  virtual ~Catalogue() = default;
  /// The newest written record. Any thread.
  [[nodiscard]] virtual Position head() const = 0;
  /// The newest keyframe or record of each topic with the prefix. Any thread.
  [[nodiscard]] virtual std::vector<Newest> newest(std::string_view topic_prefix) const = 0;
};

/// The append side of a journal: locks the directory, recovers, starts a new epoch. Not thread-safe
/// but for head() and newest(). Syncing runs on a thread of its own, since one sync may take
/// milliseconds; a failed write or sync is fail-stop: the next call throws.
class Writer final : public Catalogue {
 public:
  /// Throws service::ExitError: 75 when another process holds the journal, 65 when an earlier
  /// segment is damaged, 74 when the directory cannot be written; DiskFull when there is no room
  /// for a segment.
  explicit Writer(WriterOptions options);
  ~Writer() override;
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  [[nodiscard]] const Recovered& recovered() const;
  [[nodiscard]] std::uint64_t epoch() const;
  /// The sealed segments that the start had no time to check: see journal::Keeper.
  [[nodiscard]] std::vector<Segment> take_unchecked();

  /// `topic` ends in '|', its only one.
  [[nodiscard]] TopicId topic(std::string_view topic);

  /// Adds a record to the group that the next commit() writes.
  Position append(TopicId topic, std::uint16_t payload_type, std::uint16_t flags,
                  std::string_view payload, std::int64_t publish_time_ns);

  /// The frames of the group, in order; valid until clear_group() or the next append().
  [[nodiscard]] const std::vector<std::string_view>& group() const;

  /// Writes the group in one write. False when the disk is full: the group stays as it is, to be
  /// committed again or discarded. Throws service::ExitError 74 when the disk fails otherwise, and
  /// from then on always.
  [[nodiscard]] bool commit();
  /// Empties the group of which nothing has been written: its positions are given again.
  void discard_group();
  /// Empties the group after a commit, once its frames have been published.
  void clear_group();

  /// True once after a new segment was begun: time for keyframes.
  [[nodiscard]] bool take_segment_started();

  /// Syncs what is written before returning.
  void sync();
  /// What the sync thread does when it wakes; false when nothing had to be synced.
  bool sync_round();

  [[nodiscard]] Position head() const override;
  [[nodiscard]] std::vector<Newest> newest(std::string_view topic_prefix) const override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace depthwire::journal
