#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace depthwire::config {

/// A value that must not be seen: it cannot be printed, logged or given on a command line. In the
/// file or a variable it is the text itself or `file:PATH` (the file's text without its last line
/// end).
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  /// The value, for the one place that sends it to its peer.
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

std::ostream& operator<<(std::ostream&, const Secret&) = delete;

}  // namespace depthwire::config
