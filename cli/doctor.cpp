#include "cli/commands.hpp"
#include "cli/doctor_judge.hpp"
#include "cli/grant.hpp"
#include "cli/http.hpp"
#include "cli/metric_text.hpp"
#include "cli/place.hpp"
#include "cli/process_log.hpp"
#include "cli/process_rows.hpp"
#include "cli/run_file.hpp"
#include "common/postgres/connection.hpp"
#include "common/service/exit_error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <set>
#include <string>
#include <sys/timex.h>
#include <system_error>
#include <vector>

// The looking; what is made of it is in doctor_judge.
namespace depthwire::cli {
namespace {

using nlohmann::json;

constexpr const char* disconnected_line = " connection: Disconnected";

std::string metrics_of(const AllSettings& settings, const std::string& process) {
  const auto run = read_run_file(settings.run_dir(), process);
  const auto reply = run ? http_get(run->health, "/metrics") : std::nullopt;
  return reply ? reply->body : "";
}

ProcessSeen process_seen(const json& row) {
  ProcessSeen seen{.name = row["process"].get<std::string>(),
                   .state = row["state"].get<std::string>(),
                   .last_error = row["last_error"].get<std::string>(),
                   .restarts = row["restarts"].get<int>()};
  if (row["ready"].is_boolean()) seen.ready = row["ready"].get<bool>();
  // Only those that talk to the broker have a reason of their state.
  if (row["info"].contains("reason")) {
    seen.connection = row["info"].value("state", "");
    seen.reason = row["info"].value("reason", "");
  }
  for (const auto& [about, value] : row["info"].items()) {
    constexpr std::string_view account = "account ";
    if (about.starts_with(account)) seen.further_accounts[about.substr(account.size())] = value;
  }
  return seen;
}

void look_at_processes(const Place& place, const AllSettings& settings, Seen& seen) {
  for (const json& row : process_rows(place, settings)) {
    auto process = process_seen(row);
    const auto metrics = metrics_of(settings, process.name);
    process.clock_steps =
        static_cast<std::int64_t>(metric_value(metrics, "clock_steps_total").value_or(0));
    if (process.name == "streaming" && !metrics.empty()) {
      seen.market.spots = metric_value(metrics, R"(feed_events_total{kind="spot"})");
      seen.market.depth = metric_value(metrics, R"(feed_events_total{kind="depth"})");
    }
    seen.processes.push_back(std::move(process));
  }
}

void look_at_logs(const Place& place, Seen& seen) {
  const std::vector<std::string> words{"REQUEST_FREQUENCY_EXCEEDED", "BLOCKED_PAYLOAD_TYPE",
                                       "CONNECTIONS_LIMIT_EXCEEDED", disconnected_line};
  for (const char* process : {"streaming", "historical"}) {
    for (const auto& [word, lines] :
         count_lines(place.log() / (std::string(process) + ".log"), words)) {
      (word == disconnected_line ? seen.disconnects : seen.refusals[word]) += lines;
    }
  }
}

void look_at_grant(const Common& common, Seen& seen) {
  const GrantPlace place(common, {});
  seen.grant.used = !place.socket.empty();
  if (!seen.grant.used) return;
  auto store = place.open_store();
  const auto grant = store.current();
  const auto standing = store.standing();
  seen.grant.there = grant.has_value();
  if (grant) seen.grant.expires_ms = grant->expires_ms;
  seen.grant.login_required = standing.login_required;
  seen.grant.reason = standing.reason;
  seen.grant.held = !tokens::HolderLock(place.store_file).held();
}

// By symbol, as only that has an index.
constexpr const char* newest_depth = R"(
SELECT (extract(epoch FROM now() - max(newest.time)))::bigint
FROM (SELECT DISTINCT symbol FROM symbols) AS known,
  LATERAL (SELECT max(time) AS time FROM market_depth WHERE symbol = known.symbol) AS newest)";
constexpr const char* least_delay = R"(
SELECT (1000 * min(extract(epoch FROM newest.receive_time - newest.event_time)))::bigint
FROM (SELECT DISTINCT symbol FROM symbols) AS known,
  LATERAL (SELECT receive_time, event_time FROM ticks WHERE symbol = known.symbol
    AND NOT synthetic AND stored_at > now() - interval '10 minutes'
    ORDER BY time DESC LIMIT 20) AS newest)";

void look_at_rows(const AllSettings& settings, MarketSeen& market) {
  const auto& config = settings.persister.database;
  try {
    postgres::Connection connection(
        config.settings(settings.environment(), config.reader, "doctor"));
    const auto newest = connection.execute(newest_depth);
    market.rows = !newest.is_null(0, 0);
    if (market.rows) market.newest_row_age_s = newest.number(0, 0);
    const auto delay = connection.execute(least_delay);
    if (!delay.is_null(0, 0)) market.tick_delay_ms = delay.number(0, 0);
  } catch (const postgres::Error& error) {
    market.database_error = error.what();
  }
}

void look_at_clock(Seen& seen) {
  timex state{};  // asks for nothing to be changed
  const int answer = ::adjtimex(&state);
  if (answer >= 0) {
    seen.clock_synchronised = answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
  }
}

// Those with journals and rows, each once.
void look_at_disks(const Place& place, const AllSettings& settings, Seen& seen) {
  const auto& bus = settings.streaming.bus;
  seen.min_free_percent = bus.retention.min_free_percent;
  std::set<std::uintmax_t> known;
  for (const auto& wanted : {bus.journals, place.postgres()}) {
    auto directory = std::filesystem::absolute(wanted);
    while (!std::filesystem::exists(directory)) directory = directory.parent_path();
    std::error_code error;
    const auto space = std::filesystem::space(directory, error);
    if (error || !known.insert(space.capacity).second) continue;
    seen.disks.push_back({directory.string(), space.available, space.capacity});
  }
}

const char* mark_text(Mark mark) {
  switch (mark) {
    case Mark::pass: return "PASS";
    case Mark::warn: return "WARN";
    case Mark::fail: return "FAIL";
  }
  return "";
}

void print_findings(const std::vector<Finding>& findings) {
  for (const auto& finding : findings) {
    std::printf("%s  %-13s %s\n", mark_text(finding.mark), (finding.about + ":").c_str(),
                finding.found.c_str());
    if (!finding.means.empty()) std::printf("      means: %s\n", finding.means.c_str());
    if (!finding.todo.empty()) std::printf("      do:    %s\n", finding.todo.c_str());
  }
}

json findings_json(const Seen& seen, const std::vector<Finding>& findings) {
  json rows = json::array();
  for (const auto& finding : findings) {
    rows.push_back({{"about", finding.about},
                    {"mark", to_string(finding.mark)},
                    {"found", finding.found},
                    {"means", finding.means},
                    {"do", finding.todo}});
  }
  return {{"environment", seen.environment}, {"findings", rows}};
}

}  // namespace

int doctor(const Common& common, const DoctorOptions& options) {
  constexpr int something_fails = 1;
  const Place place = find_place(common.root, common.config);
  AllSettings settings;
  settings.load(place.config);
  Seen seen{.environment = settings.environment(), .now_ms = unix_ms_now()};
  look_at_processes(place, settings, seen);
  look_at_logs(place, seen);
  look_at_grant(common, seen);
  look_at_rows(settings, seen.market);
  look_at_clock(seen);
  look_at_disks(place, settings, seen);
  const auto findings = diagnose(seen);
  if (options.json) {
    std::printf("%s\n", findings_json(seen, findings).dump(2).c_str());
  } else {
    print_findings(findings);
  }
  return std::ranges::find(findings, Mark::fail, &Finding::mark) == findings.end()
             ? service::exit_code::ok
             : something_fails;
}

}  // namespace depthwire::cli
