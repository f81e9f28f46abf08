#include "cli/doctor_judge.hpp"

#include <algorithm>
#include <cstdlib>

namespace depthwire::cli {
namespace {

constexpr std::int64_t old_row_s = 60;
constexpr std::int64_t soon_ms = 3LL * 24 * 3600 * 1000;
constexpr std::int64_t clock_off_ms = 1'000;
constexpr std::int64_t clock_wrong_ms = 10'000;
constexpr int many_disconnects = 5;

using Findings = std::vector<Finding>;

bool is_off(const ProcessSeen& process) {
  return process.state == "STOPPED" || process.state == "NOT STARTED";
}

const ProcessSeen* process_of(const Seen& seen, std::string_view name) {
  const auto found = std::ranges::find(seen.processes, name, &ProcessSeen::name);
  return found == seen.processes.end() ? nullptr : &*found;
}

std::string counted(std::int64_t number, const std::string& one) {
  return std::to_string(number) + " " + one + (number == 1 ? "" : "s");
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
  return all;
}

// Then that says it all.
bool waits_for_connection(const ProcessSeen& process) {
  return process.ready == false && !process.reason.empty() &&
         process.last_error == process.connection + ": " + process.reason;
}

void judge_processes(const Seen& seen, Findings& out) {
  std::vector<std::string> well;
  std::size_t faults = 0;
  for (const auto& process : seen.processes) {
    if (is_off(process)) continue;
    Finding finding{.about = "process " + process.name};
    if (process.ready == true) {
      well.push_back(process.name);
      if (process.restarts == 0) continue;
      finding.mark = Mark::warn;
      finding.found = "runs, after " + counted(process.restarts, "restart");
      finding.means = process.last_error.empty() ? "it has crashed" : process.last_error;
      finding.todo = "read var/log/" + process.name + ".log";
    } else {
      ++faults;
      if (waits_for_connection(process)) continue;
      finding.mark = Mark::fail;
      finding.found = process.ready ? "is not ready" : process.state + ", and does not answer";
      finding.means = process.last_error;
      finding.todo = "what its error names; then var/log/" + process.name + ".log";
      const auto* advice = advice_for(process.last_error);
      if (advice != nullptr) finding.todo = advice->todo;
    }
    out.push_back(std::move(finding));
  }
  if (well.empty() && faults == 0) {
    out.push_back({"processes", Mark::fail, "nothing runs", "", "`depthwire up`"});
  } else if (faults == 0) {
    out.push_back({"processes", Mark::pass, "ready: " + joined(well), "", ""});
  }
}

/// Accounts that share the connection of a process with its own, whose data does not depend on
/// them.
void judge_further_accounts(const Seen& seen, Findings& out) {
  for (const auto& process : seen.processes) {
    if (process.connection != "ready" || is_off(process)) continue;
    for (const auto& [id, state] : process.further_accounts) {
      if (state == "ready") continue;
      const auto* advice = advice_for(state);
      out.push_back({"account " + id + " of " + process.name, Mark::warn, state,
                     std::string(advice != nullptr ? advice->means
                                                   : "its events are missed; market data is not"),
                     advice != nullptr
                         ? std::string(advice->todo)
                         : "`grep 'further account " + id + "' var/log/" + process.name + ".log`"});
    }
  }
}

void judge_connections(const Seen& seen, Findings& out) {
  std::vector<std::string> ready;
  for (const auto& process : seen.processes) {
    if (process.connection.empty() || is_off(process)) continue;
    if (process.connection == "ready") {
      ready.push_back(process.name);
    } else if (process.connection == "disabled") {
      out.push_back({"connection of " + process.name, Mark::warn, "none, on purpose",
                     process.reason, "configure a broker, as docs/login.md tells"});
    } else {
      const auto* advice = advice_for(process.reason);
      out.push_back({"connection of " + process.name, Mark::fail,
                     process.connection + ": " + process.reason,
                     std::string(advice != nullptr ? advice->means : ""),
                     advice != nullptr ? std::string(advice->todo)
                                       : "`depthwire check` walks it step by step"});
    }
  }
  if (ready.empty()) return;
  Finding finding{.about = "connections", .found = "authenticated: " + joined(ready)};
  if (ready.size() > 1) {
    finding.means =
        "so the log tells of two authentications, as it should: each has a connection of its own, "
        "so that fetching history neither slows nor ends the recording";
  }
  if (seen.disconnects > many_disconnects) {
    finding.mark = Mark::warn;
    finding.found += "; lost " + counted(seen.disconnects, "time") + " by the newest of the logs";
    finding.todo = "`grep Disconnected var/log/streaming.log` tells why; is the line stable?";
  }
  out.push_back(std::move(finding));
}

void judge_grant(const Seen& seen, Findings& out) {
  const GrantSeen& grant = seen.grant;
  const auto login = "`depthwire auth login --env " + seen.environment + "`";
  const bool sim = seen.environment == "sim";
  if (!grant.used) {
    out.push_back(
        {"grant", Mark::pass,
         sim ? "not needed: the simulator's token" : "the access token of the configuration",
         sim ? "" : "nobody refreshes it: it ends after about a month", ""});
  } else if (!grant.there) {
    out.push_back({"grant", Mark::fail, "nobody has logged in",
                   "without a grant no account is opened", login});
  } else if (grant.login_required) {
    out.push_back({"grant", Mark::fail, "a login is required: " + grant.reason,
                   "the broker has refused the grant", login});
  } else if (grant.expires_ms <= seen.now_ms) {
    out.push_back({"grant", Mark::fail, "the access token has expired",
                   grant.held ? "the broker's endpoint does not refresh it"
                              : "the process tokens does not run, so nobody refreshed it",
                   grant.held ? "`depthwire auth refresh`" : "`depthwire up`"});
  } else if (!grant.held) {
    out.push_back({"grant", grant.expires_ms - seen.now_ms < soon_ms ? Mark::fail : Mark::warn,
                   "nobody keeps it fresh", "the process tokens does not run",
                   "`depthwire up --only tokens`"});
  } else {
    out.push_back({"grant", Mark::pass,
                   "good for " + counted((grant.expires_ms - seen.now_ms) / 3'600'000, "hour"),
                   "the process tokens renews it in time", ""});
  }
}

void judge_environment(const Seen& seen, Findings& out) {
  const auto* streaming = process_of(seen, "streaming");
  Finding finding{.about = "environment", .found = seen.environment};
  const bool other = streaming != nullptr &&
                     (streaming->reason.find("the environment is not") != std::string::npos ||
                      streaming->reason.find("CANT_ROUTE_REQUEST") != std::string::npos);
  if (other && streaming->connection != "ready") {
    const auto* advice = advice_for(streaming->reason);
    finding = {"environment", Mark::fail, seen.environment + "; the broker: " + streaming->reason,
               std::string(advice->means), std::string(advice->todo)};
  } else if (seen.environment == "sim") {
    finding.means = "the market is the simulator's; demo and live are other environments";
  }
  out.push_back(std::move(finding));
}

void judge_depth(const Seen& seen, Findings& out) {
  const MarketSeen& market = seen.market;
  const auto* streaming = process_of(seen, "streaming");
  if (streaming == nullptr || is_off(*streaming) || streaming->connection != "ready") {
    const bool on_purpose =
        streaming == nullptr || is_off(*streaming) || streaming->connection == "disabled";
    out.push_back({"depth", on_purpose ? Mark::warn : Mark::fail, "streaming is not connected",
                   "no depth comes before its connection is ready",
                   "see above, and `depthwire status`"});
    return;
  }
  if (market.depth.value_or(0) > 0) {
    out.push_back({"depth", Mark::pass,
                   counted(static_cast<std::int64_t>(*market.depth), "event") + " came", "", ""});
  } else if (market.spots.value_or(0) > 0) {
    out.push_back({"depth", Mark::fail, "spots come, depth does not",
                   "this account carries no depth for the symbols; that is the broker's choice, "
                   "and differs between brokers and between demo and live",
                   "`depthwire check --symbol EURUSD --minutes 5`; ask the broker"});
  } else {
    out.push_back({"depth", Mark::warn, "neither spots nor depth have come yet",
                   "the market is closed, or the symbols are called otherwise by the broker",
                   "`depthwire check --symbol EURUSD --minutes 5`"});
  }
}

void judge_rows(const Seen& seen, Findings& out) {
  const MarketSeen& market = seen.market;
  const auto* persister = process_of(seen, "persister");
  if (persister == nullptr || is_off(*persister)) return;
  if (!market.database_error.empty()) {
    out.push_back({"rows", Mark::fail, market.database_error,
                   "the database does not answer; what comes waits in the journals",
                   "`depthwire status`, var/log/postgres.log"});
  } else if (!market.rows) {
    const bool due = market.depth.value_or(0) > 0;
    out.push_back(
        {"rows", due ? Mark::fail : Mark::warn, "market_depth is empty",
         due ? "depth arrives, but the way behind the recorder is broken" : "nothing has come yet",
         due ? "`depthwire status`: lag of aggregator and persister" : ""});
  } else if (market.newest_row_age_s && *market.newest_row_age_s > old_row_s &&
             seen.environment != "sim") {  // whose times are its own
    out.push_back({"rows", Mark::warn,
                   "the newest row of market_depth is " +
                       counted(*market.newest_row_age_s, "second") + " old",
                   "the market is closed, or the way behind the recorder stands still",
                   "`depthwire status`: lag of aggregator and persister"});
  } else {
    out.push_back({"rows", Mark::pass, "depth arrives in market_depth", "", ""});
  }
}

void judge_limits(const Seen& seen, Findings& out) {
  bool limited = false;
  for (const auto& [code, lines] : seen.refusals) {
    if (!is_limit(code) || lines == 0) continue;
    limited = true;
    const auto* advice = advice_for(code);
    out.push_back({"limits", Mark::warn, code + ", " + counted(lines, "time") + " in the logs",
                   std::string(advice->means), std::string(advice->todo)});
  }
  if (!limited) out.push_back({"limits", Mark::pass, "the broker has refused nothing", "", ""});
}

void judge_clock(const Seen& seen, Findings& out) {
  constexpr auto advice = "run an NTP client (`timedatectl status`)";
  std::int64_t steps = 0;
  for (const auto& process : seen.processes) steps = std::max(steps, process.clock_steps);
  const auto delay = seen.market.tick_delay_ms;
  // In sim the stamps are the simulator's: they tell nothing of this machine.
  const auto off = delay && seen.environment != "sim" ? *delay : 0;
  if (std::abs(off) > clock_off_ms) {
    out.push_back({"clock", std::abs(off) > clock_wrong_ms ? Mark::fail : Mark::warn,
                   "new ticks are stamped " + std::to_string(std::abs(off)) + " ms " +
                       (off < 0 ? "before" : "after") + " the broker's time",
                   off < 0 ? "this machine's clock is slow"
                           : "this machine's clock is fast, or the line is slow",
                   advice});
  } else if (steps > 0) {
    out.push_back({"clock", Mark::warn, "it was set " + counted(steps, "time"),
                   "outages and latencies of then are wrong by as much", advice});
  } else if (seen.clock_synchronised == false && seen.environment != "sim") {
    out.push_back({"clock", Mark::warn, "the kernel says that nothing keeps it right",
                   "times may be off by any amount", advice});
  } else {
    out.push_back({"clock", Mark::pass, "no fault is known", "", ""});
  }
}

void judge_disks(const Seen& seen, Findings& out) {
  for (const auto& disk : seen.disks) {
    if (disk.total_bytes == 0) continue;
    const double percent =
        100 * static_cast<double>(disk.free_bytes) / static_cast<double>(disk.total_bytes);
    const auto found = std::to_string(disk.free_bytes >> 30U) + " GiB, " +
                       std::to_string(static_cast<int>(percent)) + " %, are free in " +
                       disk.directory;
    if (percent < seen.min_free_percent) {
      out.push_back({"disk", Mark::fail, found,
                     "publishers are not ready below " +
                         std::to_string(static_cast<int>(seen.min_free_percent)) + " %",
                     "make room, or set bus.retention.bytes lower"});
    } else if (percent < 2 * seen.min_free_percent) {
      out.push_back({"disk", Mark::warn, found, "it fills up", "make room"});
    } else {
      out.push_back({"disk", Mark::pass, found, "", ""});
    }
  }
}

}  // namespace

std::string_view to_string(Mark mark) {
  switch (mark) {
    case Mark::pass: return "pass";
    case Mark::warn: return "warn";
    case Mark::fail: return "fail";
  }
  return "unknown";
}

std::vector<Finding> diagnose(const Seen& seen) {
  Findings out;
  judge_processes(seen, out);
  const bool nothing_runs = std::ranges::all_of(seen.processes, is_off);
  if (!nothing_runs) judge_connections(seen, out);
  if (!nothing_runs) judge_further_accounts(seen, out);
  judge_environment(seen, out);
  judge_grant(seen, out);
  if (!nothing_runs) {
    judge_depth(seen, out);
    judge_rows(seen, out);
  }
  judge_limits(seen, out);
  judge_clock(seen, out);
  judge_disks(seen, out);
  return out;
}

}  // namespace depthwire::cli
