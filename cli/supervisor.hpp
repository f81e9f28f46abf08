#pragma once

#include "cli/place.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::cli {

/// A program that supervisor runs.
struct Program {
  std::string name;
  std::vector<std::string> command;
  std::string user;  ///< empty: ours
  std::string stop_signal = "TERM";
};

/// supervisord's configuration for `programs`, started and stopped in this order (stopped from the
/// last to the first).
[[nodiscard]] std::string supervisor_config(const Place& place,
                                            const std::vector<Program>& programs);

/// `words` as one command line that supervisor splits into the same words again.
[[nodiscard]] std::string quote_command(const std::vector<std::string>& words);

/// One process as supervisor sees it.
struct ProgramState {
  std::string state;   ///< RUNNING, STOPPED, EXITED, FATAL, ...
  std::string detail;  ///< pid 12, uptime 0:00:05
  [[nodiscard]] bool running() const { return state == "RUNNING"; }
};

/// Debian's supervisor, for one installation.
class Supervisor {
 public:
  explicit Supervisor(const Place& place) : place_(place) {}

  [[nodiscard]] bool running() const;
  /// Starts supervisord, or tells the running one of a changed configuration. Throws ExitError.
  void ensure(const std::vector<Program>& programs) const;
  /// Starts those of `names` that do not run yet. Throws ExitError with the reason.
  void start(const std::vector<std::string>& names) const;
  void stop(const std::vector<std::string>& names) const;
  /// Stops all and supervisord itself; false when it was not running.
  bool shut_down() const;
  [[nodiscard]] std::map<std::string, ProgramState> states() const;

 private:
  std::string control(const std::vector<std::string>& arguments) const;

  Place place_;
};

/// What `supervisorctl status` printed.
[[nodiscard]] std::map<std::string, ProgramState> parse_states(const std::string& text);

}  // namespace depthwire::cli
