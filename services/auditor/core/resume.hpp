#pragma once

#include "common/journal/format.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace depthwire::auditor {

/// The last position of each source.
using Positions = std::map<std::string, journal::Position, std::less<>>;

/// Finds out of a log how far it got. Fed with the file from its start, in pieces of any size.
class ResumeScan {
 public:
  void feed(std::string_view bytes);

  /// The newest position of each source in whole lines.
  [[nodiscard]] const Positions& positions() const { return positions_; }
  /// Where the last whole line ends: what follows was torn by a crash and is to be cut.
  [[nodiscard]] std::uint64_t whole_bytes() const { return whole_bytes_; }
  [[nodiscard]] std::uint64_t torn_bytes() const { return line_.size(); }
  /// Whole lines without a position: somebody else's.
  [[nodiscard]] std::uint64_t foreign_lines() const { return foreign_lines_; }

 private:
  Positions positions_;
  std::string line_;  // begun, not ended
  std::uint64_t whole_bytes_ = 0;
  std::uint64_t foreign_lines_ = 0;
};

/// Of each source the later position.
[[nodiscard]] Positions later(Positions a, const Positions& b);

/// Positions as lines of a small file, and back. What is not a position is passed over.
[[nodiscard]] std::string positions_text(const Positions& positions);
[[nodiscard]] Positions parse_positions(std::string_view text);

}  // namespace depthwire::auditor
