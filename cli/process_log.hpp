#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace depthwire::cli {

/// Length of a log now: what comes later is behind it. 0 for a missing one.
[[nodiscard]] std::uintmax_t log_end(const std::filesystem::path& log);

/// Why a process does not run, from what its log says behind `from` (of the whole when the log has
/// been rotated since) and since it last said that it starts: the newest error, in our formats or
/// PostgreSQL's, or text that is no log line; else the newest line; "" for none.
[[nodiscard]] std::string last_problem(const std::filesystem::path& log, std::uintmax_t from = 0);

/// How many of the newest lines of `log`, within its last MiB, have each of `words` in them.
[[nodiscard]] std::map<std::string, int> count_lines(const std::filesystem::path& log,
                                                     const std::vector<std::string>& words);

/// What supervisord has seen of one process.
struct Lives {
  int restarts = 0;    ///< after a crash, since it was last started on purpose
  bool ended = false;  ///< for good: nothing restarts it
  std::string how;     ///< "exit status 78"
};

/// By process, from supervisord's log behind `from`.
[[nodiscard]] std::map<std::string, Lives> lives_of(const std::filesystem::path& supervisor_log,
                                                    std::uintmax_t from = 0);

}  // namespace depthwire::cli
