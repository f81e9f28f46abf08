#pragma once

#include "common/journal/format.hpp"
#include "common/journal/storage.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <variant>

namespace depthwire::journal {

/// No further record is there yet.
struct AtEnd {};
/// The records between what was asked for and `first` are gone.
struct AgedOut {
  Position first;
};
/// A record that does not check out; nothing after it is read.
struct Corrupt {
  std::string file;
  std::uint64_t at = 0;  ///< byte in the file
  FormatError error = FormatError::end;
};

using ReadResult = std::variant<Record, AtEnd, AgedOut, Corrupt>;

/// Reads the files of a running or stopped publisher, or of an archive, in position order. Sees
/// only whole records; at the end it can be asked again. Not thread-safe.
class Reader {
 public:
  /// Begins after `after`; {0, 0} begins at the oldest record. Throws std::system_error when the
  /// directory cannot be read.
  explicit Reader(std::filesystem::path directory, Position after = {}, Storage& storage = disk());
  ~Reader();
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;

  /// The next record; it is valid until the next call. `up_to` is what a running writer has
  /// committed, when the caller knows it: up to there all must be whole.
  [[nodiscard]] ReadResult next();
  [[nodiscard]] ReadResult next(Position up_to);

  /// After AtEnd: what lies there is neither a record nor nothing. Asked again a quarter of a
  /// second later, next() tells whether it was being written or is damaged.
  [[nodiscard]] bool doubtful() const;

  /// Goes to the newest record with `offset`; next() returns it. False when no segment holds it.
  bool seek_offset(std::uint64_t offset);

  /// The last record returned, or where reading began.
  [[nodiscard]] Position last() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The oldest record of a journal; {0, 0} when there is none.
[[nodiscard]] Position first_position(const std::filesystem::path& directory,
                                      Storage& storage = disk());

}  // namespace depthwire::journal
