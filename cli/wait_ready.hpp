#pragma once

#include "cli/place.hpp"
#include "cli/process_log.hpp"
#include "cli/settings.hpp"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace depthwire::cli {

/// Where the logs ended before something was started: what is behind it belongs to this start.
class LogMarks {
 public:
  /// Of supervisord, PostgreSQL and all services.
  explicit LogMarks(const Place& place);

  /// What the log of `process` says of this start, as last_problem().
  [[nodiscard]] std::string problem(const std::string& process) const;
  /// True when `process` ended for good or again and again: waiting for it is in vain.
  [[nodiscard]] bool given_up(const std::string& process) const;
  /// "ended (exit status 78)" of one that is given up.
  [[nodiscard]] std::string how(const std::string& process) const;

 private:
  [[nodiscard]] Lives lives(const std::string& process) const;

  Place place_;
  std::map<std::string, std::uintmax_t> ends_;
};

/// Waits for all `names` at once and tells each one's fate as soon as it is known: ready, ended for
/// good, an error that does not pass by itself, or still not ready after `patience`. True when all
/// are ready.
bool wait_ready(const Place& place, const AllSettings& settings,
                const std::vector<std::string>& names, const LogMarks& marks,
                const std::function<void(const std::string& name, const std::string& text)>& tell,
                std::chrono::milliseconds patience = std::chrono::seconds(30));

}  // namespace depthwire::cli
