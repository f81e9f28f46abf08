#include "services/auditor/log/audit_log.hpp"

#include <fcntl.h>

#include <fstream>
#include <sstream>
#include <string>

namespace depthwire::auditor {
namespace {

constexpr std::size_t piece_bytes = 1 << 20;

journal::File open_log(const std::filesystem::path& path) {
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
  return {path, O_RDWR | O_CREAT | O_CLOEXEC};
}

}  // namespace

AuditLog::AuditLog(const std::filesystem::path& path)
    : positions_path_(path.parent_path() / ("." + path.filename().string() + ".position")),
      file_(open_log(path)) {}

bool AuditLog::try_lock() const { return file_.try_lock(); }

void AuditLog::recover() {
  ResumeScan scan;
  std::string piece(piece_bytes, '\0');
  for (std::size_t at = 0, got = 0; (got = file_.read_at(piece.data(), piece.size(), at)) != 0;) {
    scan.feed(std::string_view(piece).substr(0, got));
    at += got;
  }
  size_ = scan.whole_bytes();
  torn_bytes_ = scan.torn_bytes();
  if (torn_bytes_ != 0) file_.truncate(size_);
  file_.sync_data();
  journal::sync_directory(file_.path().has_parent_path() ? file_.path().parent_path() : ".");
  std::ostringstream saved;
  saved << std::ifstream(positions_path_).rdbuf();
  saved_ = parse_positions(saved.str());
  positions_ = later(scan.positions(), saved_);
}

void AuditLog::append(std::string_view lines, const std::string& source,
                      journal::Position position) {
  if (!lines.empty()) {
    file_.write_at(lines, size_);
    size_ += lines.size();
    file_.sync_data();
  }
  positions_.insert_or_assign(source, position);
}

void AuditLog::save_positions() {
  if (positions_ == saved_) return;
  // Not synced: should it be lost or empty, the log itself still tells, if from further back.
  auto next = positions_path_;
  next += ".next";
  std::ofstream(next, std::ios::trunc) << positions_text(positions_);
  std::filesystem::rename(next, positions_path_);
  saved_ = positions_;
}

}  // namespace depthwire::auditor
