#include "cli/commands.hpp"
#include "cli/http.hpp"
#include "cli/living.hpp"
#include "cli/place.hpp"
#include "cli/process_log.hpp"
#include "cli/run_file.hpp"
#include "cli/settings.hpp"
#include "cli/supervisor.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

namespace depthwire::cli {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds rate_window{1000};

// Exit codes of `status` alone; 3 is what service managers say of what does not run.
constexpr int not_ready = 1;
constexpr int nothing_runs = 3;

/// One look at a process.
struct Look {
  Clock::time_point at;
  json ready;  ///< what /readyz said; null when nobody answered
};

Look look_at(const std::string& address) {
  const auto reply = http_get(address, "/readyz");
  return {Clock::now(), reply ? json::parse(reply->body, nullptr, false) : json()};
}

/// The number that `info` holds under `key`.
std::optional<double> number(const json& ready, const char* key) {
  if (!ready.is_object() || !ready["info"].contains(key)) return std::nullopt;
  const std::string text = ready["info"][key].get<std::string>();
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0') return std::nullopt;
  return value;
}

std::optional<double> rate(const Look& before, const Look& after) {
  const double seconds = std::chrono::duration<double>(after.at - before.at).count();
  for (const char* key : {"events", "head"}) {
    const auto from = number(before.ready, key);
    const auto to = number(after.ready, key);
    if (from && to && *to >= *from && seconds > 0) return (*to - *from) / seconds;
  }
  return std::nullopt;
}

std::string reasons(const json& ready) {
  std::string text;
  if (!ready.is_object()) return text;
  for (const auto& [code, reason] : ready["reasons"].items()) {
    text += (text.empty() ? "" : "; ") + reason.get<std::string>();
  }
  return text;
}

json describe(const Place& place, const std::string& name, const ProgramState& state,
              const Lives& lives, const std::optional<RunFile>& run, const Look& before,
              const Look& after) {
  json row{{"process", name},
           {"state", state.state.empty() ? "NOT STARTED" : state.state},
           {"pid", nullptr},
           {"uptime_s", nullptr},
           {"head", nullptr},
           {"lag", nullptr},
           {"events_per_s", nullptr},
           {"ready", nullptr},
           {"last_error", ""},
           {"info", json::object()},
           {"restarts", lives.restarts}};
  if (run) {
    row["state"] = state.state.empty() ? "RUNNING" : state.state;
    row["pid"] = run->pid;
    row["uptime_s"] = std::time(nullptr) - run->started;
  } else if (const auto at = state.detail.find("pid "); at == 0) {
    row["pid"] = std::atol(state.detail.c_str() + 4);
  }
  if (!after.ready.is_object()) {
    const bool stopped = row["state"] == "STOPPED" || row["state"] == "NOT STARTED";
    if (!stopped) row["last_error"] = last_problem(place.log() / (name + ".log"));
    return row;
  }
  row["ready"] = after.ready["ready"];
  row["info"] = after.ready["info"];
  if (const auto head = number(after.ready, "head")) row["head"] = static_cast<std::int64_t>(*head);
  if (const auto lag = number(after.ready, "lag")) row["lag"] = static_cast<std::int64_t>(*lag);
  if (const auto per_second = rate(before, after)) row["events_per_s"] = *per_second;
  const std::string why = reasons(after.ready);
  row["last_error"] = why.empty() ? after.ready["last_error"].get<std::string>() : why;
  return row;
}

std::string cell(const json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f", value.get<double>());
    return text;
  }
  return value.dump();
}

std::string uptime(const json& seconds) {
  if (seconds.is_null()) return "-";
  const auto s = seconds.get<std::int64_t>();
  char text[32];
  std::snprintf(text, sizeof text, "%d:%02d:%02d", static_cast<int>(s / 3600),
                static_cast<int>(s / 60 % 60), static_cast<int>(s % 60));
  return text;
}

/// In one word, for people.
std::string word(const json& row) {
  if (row["ready"] == true) return row["info"].value("state", "ready");
  if (row["ready"] == false) return "not ready";
  return row["state"];
}

/// `text` in lines that fit the terminal, indented.
void print_wrapped(const std::string& text) {
  constexpr std::size_t width = 76;
  std::istringstream words(text);
  std::string line;
  for (std::string each; words >> each;) {
    if (!line.empty() && line.size() + 1 + each.size() > width) {
      std::printf("    %s\n", line.c_str());
      line.clear();
    }
    line += (line.empty() ? "" : " ") + each;
  }
  if (!line.empty()) std::printf("    %s\n", line.c_str());
}

void print_table(const json& rows) {
  std::printf("%-11s %-11s %7s %9s %10s %6s %8s %8s\n", "process", "state", "pid", "uptime", "head",
              "lag", "events/s", "restarts");
  for (const json& row : rows) {
    std::printf("%-11s %-11s %7s %9s %10s %6s %8s %8s\n", cell(row["process"]).c_str(),
                word(row).c_str(), cell(row["pid"]).c_str(), uptime(row["uptime_s"]).c_str(),
                cell(row["head"]).c_str(), cell(row["lag"]).c_str(),
                cell(row["events_per_s"]).c_str(), cell(row["restarts"]).c_str());
    if (const std::string last = row["last_error"]; !last.empty()) {
      print_wrapped((row["ready"] == true ? "last error: " : "") + last);
    }
  }
}

/// 0: what was started is ready; 1: something is not; 3: nothing runs.
int verdict(const json& rows) {
  bool runs = false;
  bool ready = true;
  for (const json& row : rows) {
    const std::string state = row["state"];
    if (state == "STOPPED" || state == "NOT STARTED") continue;
    runs = runs || !row["pid"].is_null();
    ready = ready && row["ready"] == true;
  }
  return !runs ? nothing_runs : ready ? service::exit_code::ok : not_ready;
}

}  // namespace

int status(const Common& common, const StatusOptions& options) {
  const Place place = find_place(common.root, common.config);
  AllSettings settings;
  settings.load(place.config);
  auto states = Supervisor(place).states();
  auto lives = lives_of(place.log() / "supervisord.log");

  std::map<std::string, std::optional<RunFile>> runs;
  std::map<std::string, Look> before;
  const auto look = [&](const std::string& name) {
    return runs[name] ? look_at(runs[name]->health) : Look{Clock::now(), {}};
  };
  bool any = false;
  for (const auto service : services()) {
    const std::string name(service);
    runs[name] = read_run_file(settings.run_dir(), name);
    before[name] = look(name);
    any = any || runs[name];
  }
  if (any) std::this_thread::sleep_for(rate_window);

  json rows = json::array();
  const auto living = find_living(place);
  const bool postgres_lives = !living.empty() && living.front().name == "postgres";
  auto postgres = states.find("postgres");
  if (postgres == states.end() && postgres_lives) {
    const ProgramState alone{"RUNNING", "pid " + std::to_string(living.front().pid)};
    postgres = states.emplace("postgres", alone).first;
  }
  if (postgres != states.end()) {
    json row = describe(place, "postgres", postgres->second, lives["postgres"], {}, {}, {});
    const auto& database = settings.persister.database;
    if (postgres->second.running() && answers("127.0.0.1:" + std::to_string(database.port))) {
      row["ready"] = true;
      row["last_error"] = "";
    }
    rows.push_back(std::move(row));
  }
  for (const auto service : services()) {
    const std::string name(service);
    const auto state = states.find(name);
    rows.push_back(describe(place, name, state == states.end() ? ProgramState{} : state->second,
                            lives[name], runs[name], before[name], look(name)));
  }
  if (options.json) {
    const json all{{"environment", settings.environment()}, {"processes", rows}};
    std::printf("%s\n", all.dump(2).c_str());
  } else {
    print_table(rows);
    if (!living.empty() && !Supervisor(place).running()) {
      print_wrapped(
          "supervisord is gone, so nothing restarts these: `depthwire up` starts anew, "
          "`depthwire down` ends them");
    }
  }
  return verdict(rows);
}

}  // namespace depthwire::cli
