#pragma once

#include "common/journal/file.hpp"
#include "services/auditor/core/resume.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace depthwire::auditor {

/// The log's file: opened, repaired, appended to. What it holds tells how far it got; a small file
/// beside it (.<name>.position) only spares re-reading a long journal that held no event since, and
/// lets the log be moved away. Not thread-safe. Throws std::system_error when the disk fails.
class AuditLog {
 public:
  explicit AuditLog(const std::filesystem::path& path);

  /// False while another process writes this log.
  [[nodiscard]] bool try_lock() const;

  /// Reads the log and cuts a torn last line. Once, when locked.
  void recover();
  [[nodiscard]] std::uint64_t torn_bytes() const { return torn_bytes_; }

  /// Up to where each source is done.
  [[nodiscard]] const Positions& positions() const { return positions_; }

  /// Appends whole lines and syncs them, then counts `source` as done up to `position`.
  void append(std::string_view lines, const std::string& source, journal::Position position);
  /// Writes down positions() when they have moved.
  void save_positions();

 private:
  std::filesystem::path positions_path_;
  journal::File file_;
  std::uint64_t size_ = 0;
  std::uint64_t torn_bytes_ = 0;
  Positions positions_;
  Positions saved_;
};

}  // namespace depthwire::auditor
