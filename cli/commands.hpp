#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

// One function per subcommand; each gives the exit code and may throw service::ExitError.

namespace depthwire::cli {

/// What all subcommands understand.
struct Common {
  std::optional<std::filesystem::path> root;
  std::optional<std::filesystem::path> config;
};

struct UpOptions {
  std::vector<std::string> only;  ///< empty: all
};
int up(const Common& common, const UpOptions& options);

int down(const Common& common);

struct StatusOptions {
  bool json = false;
};
int status(const Common& common, const StatusOptions& options);

struct TailOptions {
  std::string environment;  ///< empty: the configured one
  std::string kind;
  std::string symbol;
  std::uint64_t count = 0;  ///< end after so many records; 0: never
  bool json = false;
};
int tail(const Common& common, const TailOptions& options);

struct JournalOptions {
  std::filesystem::path directory;
  std::string topic;        ///< dump: only topics that begin with this
  std::string kind;         ///< dump: only topics of this kind, as topic_kind() takes it
  std::uint64_t after = 0;  ///< dump: offsets above this
  std::uint64_t count = 0;  ///< dump: at most so many; 0: all
  bool json = false;
};
int journal_verify(const JournalOptions& options);
int journal_stat(const JournalOptions& options);
int journal_dump(const JournalOptions& options);

struct JournalServeOptions {
  std::filesystem::path directory;
  std::string source;  ///< empty: as the directory is called
  std::string publish = "tcp://127.0.0.1:0";
  std::string requests = "tcp://127.0.0.1:0";
  bool json = false;
};
/// Runs until SIGINT or SIGTERM.
int journal_serve(const JournalServeOptions& options);

struct JournalTrimOptions {
  std::filesystem::path directory;
  std::string before;           ///< EPOCH:OFFSET; empty: by age
  double older_than_hours = 0;  ///< 0: by position
  bool dry_run = false;
  bool json = false;
};
int journal_trim(const JournalTrimOptions& options);

struct ReplayOptions {
  std::filesystem::path journal;   ///< of streaming, or a folder of journals
  std::filesystem::path recorded;  ///< the live stages' journals; empty: beside `journal`
  std::filesystem::path out;       ///< a new or empty directory
  std::string stage = "both";      ///< aggregator, analyzer or both
  std::string from;                ///< position or UTC time; empty: the oldest record
  std::string to;                  ///< the same, included; empty: the newest
  std::string speed = "max";       ///< or a factor
  std::vector<std::string> symbols;
  std::vector<std::string> set;             ///< KEY=VALUE
  std::vector<std::filesystem::path> diff;  ///< two journals, or two folders of journals
  bool json = false;
};
int replay(const Common& common, const ReplayOptions& options);
/// 0 when both hold the same outputs, 1 when not.
int replay_diff(const ReplayOptions& options);

struct SkipOptions {
  std::string source;    ///< sim.streaming
  std::string position;  ///< EPOCH:OFFSET
  std::string stage;     ///< aggregator or analyzer
  std::string reason;
};
/// Records the decision that a stage is not to step an input.
int skip(const Common& common, const SkipOptions& options);

struct DatabaseOptions {
  bool json = false;
  std::string role = "reader";         ///< shell: whom to log in as
  std::vector<std::string> arguments;  ///< shell: for psql
};
int database_status(const Common& common, const DatabaseOptions& options);
int database_migrate(const Common& common);
int database_shell(const Common& common, const DatabaseOptions& options);

struct BackfillOptions {
  std::vector<std::string> symbols;
  std::string period;       ///< of bars: M1, ..., MN1
  bool ticks = false;       ///< instead of bars
  std::string from;         ///< UTC
  std::string to;           ///< UTC; empty: now
  bool again = false;       ///< also what was fetched before
  std::string environment;  ///< empty: the configured one
};
/// Has historical fetch bars or ticks, and shows how it gets on. 130 when it is interrupted.
int backfill(const Common& common, const BackfillOptions& options);

struct CoverageOptions {
  std::string symbol;  ///< empty: all
  bool json = false;
};
/// What the database holds of which days.
int history_coverage(const Common& common, const CoverageOptions& options);

struct AcceptOptions {
  std::string source;  ///< streaming, or sim.streaming
  std::string reason;
};
/// Has a running publisher journal that its journal is the truth, whatever its readers knew.
int accept(const Common& common, const AcceptOptions& options);

struct SignalsListOptions {
  std::string provider = "ctrader";
  bool json = false;
};
int signals_list(const SignalsListOptions& options);

struct KeysOptions {
  std::filesystem::path directory;
  std::vector<std::string> names;  ///< empty: every process
  bool rotate = false;             ///< a new pair, the old public key stays allowed
  bool retire = false;             ///< the old public key is no longer allowed
};
int keys(const KeysOptions& options);

struct CheckOptions {
  std::string environment;  ///< empty: the configured one
  std::string symbol;       ///< to watch; empty: EURUSD, or the first
  double minutes = 1;       ///< to watch
};
/// Walks from the configuration to arriving depth; 0 when every step passes, else 1.
int check(const Common& common, const CheckOptions& options);

struct DoctorOptions {
  bool json = false;
};
/// Answers by symptom: what is found, what it means, what to do. Neither connects to a broker nor
/// changes anything. 0 when nothing fails, else 1.
int doctor(const Common& common, const DoctorOptions& options);

struct AuthOptions {
  std::string environment;      ///< empty: the configured one
  std::int64_t account_id = 0;  ///< login: the account to use; 0: asks, where there are several
  bool no_browser = false;      ///< login: only print the address of the page
  bool json = false;            ///< status
};
/// Asks the user for a grant, in a browser, and stores it.
int auth_login(const Common& common, const AuthOptions& options);
/// 0 when there is a grant that works, 1 when a login is needed.
int auth_status(const Common& common, const AuthOptions& options);
/// Has the access token replaced before its time.
int auth_refresh(const Common& common, const AuthOptions& options);
/// Forgets the grant.
int auth_logout(const Common& common, const AuthOptions& options);

int config_check(const Common& common);
int config_reference();

}  // namespace depthwire::cli
