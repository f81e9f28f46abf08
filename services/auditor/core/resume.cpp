#include "services/auditor/core/resume.hpp"

#include "services/auditor/core/line.hpp"

#include <algorithm>

namespace depthwire::auditor {

void ResumeScan::feed(std::string_view bytes) {
  for (;;) {
    const auto end = bytes.find('\n');
    line_ += bytes.substr(0, end);
    if (end == std::string_view::npos) return;
    whole_bytes_ += line_.size() + 1;
    if (const auto found = line_position(line_)) {
      auto& newest = positions_[found->source];
      newest = std::max(newest, found->position);
    } else {
      ++foreign_lines_;
    }
    line_.clear();
    bytes.remove_prefix(end + 1);
  }
}

Positions later(Positions a, const Positions& b) {
  for (const auto& [source, position] : b) {
    auto& mine = a[source];
    mine = std::max(mine, position);
  }
  return a;
}

std::string positions_text(const Positions& positions) {
  std::string out;
  for (const auto& [source, position] : positions) {
    out += "done position=" + source + ":" + journal::to_string(position) + "\n";
  }
  return out;
}

Positions parse_positions(std::string_view text) {
  ResumeScan scan;
  scan.feed(text);
  return scan.positions();
}

}  // namespace depthwire::auditor
