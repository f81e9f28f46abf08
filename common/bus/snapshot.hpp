#pragma once

#include "common/journal/format.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace depthwire::bus {

/// What a state depends on beside its inputs: a stage takes only a state of its own kind.
struct StateKind {
  std::string input;             ///< source of the records that were stepped
  std::uint64_t parameters = 0;  ///< hash of what shapes the outputs
  std::uint32_t version = 0;     ///< Stage::state_version()
  bool operator==(const StateKind&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(input, parameters, version);
  }
};

/// A stage's state as of an input.
struct Snapshot {
  StateKind kind;
  std::string build;        ///< that wrote it; for people
  journal::Position cause;  ///< the last input that it has stepped
  /// The stage's own journal ended here, with all outputs of those inputs. When the journal has
  /// lost that record (a power cut), it has lost outputs that this state would not give again.
  journal::Position head;
  std::uint64_t skips = 0;  ///< inputs up to `cause` that were skipped by decision
  std::string state;

  template <class Archive>
  void serialize(Archive& archive) {  // all but the state
    archive(kind, build, cause.epoch, cause.offset, head.epoch, head.offset, skips);
  }
};

enum class SnapshotError : std::uint8_t { unreadable, not_a_snapshot, bad_crc, malformed };
[[nodiscard]] std::string_view to_string(SnapshotError error);

/// The snapshot files of one stage: `<epoch>-<offset>.snapshot` of the cause.
class SnapshotFiles {
 public:
  static constexpr std::size_t kept = 2;

  explicit SnapshotFiles(std::filesystem::path directory) : directory_(std::move(directory)) {}

  /// Newest cause first. Throws std::system_error when the directory cannot be read.
  [[nodiscard]] std::vector<std::filesystem::path> list() const;
  [[nodiscard]] static tl::expected<Snapshot, SnapshotError> read(
      const std::filesystem::path& file);
  /// Durable when it returns: written to another name, synced, renamed. Removes all but the newest
  /// two. Throws std::system_error when the disk fails; the files are then as they were.
  void write(const Snapshot& snapshot) const;

 private:
  std::filesystem::path directory_;
};

}  // namespace depthwire::bus
