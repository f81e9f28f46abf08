#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::cli {

/// How one process was found.
struct ProcessSeen {
  std::string name;
  std::string state;          ///< RUNNING, STOPPED, NOT STARTED, FATAL, ...
  std::optional<bool> ready;  ///< nothing: nobody answers
  std::string last_error;
  int restarts = 0;        ///< after a crash
  std::string connection;  ///< state of its connection to the broker; empty: it has none
  std::string reason;      ///< of that state, the broker's code verbatim
  std::map<std::string, std::string> further_accounts;  ///< by id: "ready", or its state and why
  std::int64_t clock_steps = 0;
};

/// How the grant of the user was found.
struct GrantSeen {
  bool used = true;  ///< false: the configuration has an access token, or the simulator's is taken
  bool there = false;
  bool held = false;  ///< the process tokens keeps it fresh
  bool login_required = false;
  std::string reason;
  std::int64_t expires_ms = 0;  ///< Unix time
};

/// What of the market was found.
struct MarketSeen {
  std::optional<double> spots;  ///< events since streaming started; nothing: it does not tell
  std::optional<double> depth;
  std::string database_error;                    ///< empty: it answers
  bool rows = false;                             ///< market_depth has some
  std::optional<std::int64_t> newest_row_age_s;  ///< of market_depth, by receive time
  /// Least time between the broker's stamp of a new tick and ours; nothing: no new tick.
  std::optional<std::int64_t> tick_delay_ms;
};

/// A disk with journals or rows.
struct DiskSeen {
  std::string directory;
  std::uint64_t free_bytes = 0;
  std::uint64_t total_bytes = 0;
};

/// What a look at an installation has found.
struct Seen {
  std::string environment;  ///< sim, demo or live
  std::int64_t now_ms = 0;  ///< Unix time
  std::vector<ProcessSeen> processes;
  GrantSeen grant;
  MarketSeen market;
  std::map<std::string, int> refusals;     ///< lines of the logs by the broker's code in them
  int disconnects = 0;                     ///< lines of the logs that tell of one
  std::optional<bool> clock_synchronised;  ///< as the kernel says
  std::vector<DiskSeen> disks;
  double min_free_percent = 5;
};

enum class Mark : std::uint8_t { pass, warn, fail };
[[nodiscard]] std::string_view to_string(Mark mark);

/// One answer.
struct Finding {
  std::string about;
  Mark mark = Mark::pass;
  std::string found;
  std::string means;  ///< may be empty, where nothing is wrong
  std::string todo;   ///< empty: nothing
};

/// What an installation suffers from, symptom by symptom, always in the same order. A process that
/// was not started on purpose is no fault.
[[nodiscard]] std::vector<Finding> diagnose(const Seen& seen);

/// What a code of the broker, or a reason of ours, means and what helps; nothing for an unknown
/// one.
struct Advice {
  std::string_view code;
  std::string_view means;
  std::string_view todo;
};
[[nodiscard]] const Advice* advice_for(std::string_view text);

/// The codes of limits.
[[nodiscard]] bool is_limit(std::string_view code);

}  // namespace depthwire::cli
