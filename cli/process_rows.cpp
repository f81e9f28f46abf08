#include "cli/process_rows.hpp"

#include "cli/http.hpp"
#include "cli/living.hpp"
#include "cli/process_log.hpp"
#include "cli/run_file.hpp"
#include "cli/supervisor.hpp"

#include <chrono>
#include <ctime>
#include <optional>
#include <string>
#include <thread>

namespace depthwire::cli {
namespace {

using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds rate_window{1000};

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

}  // namespace

json process_rows(const Place& place, const AllSettings& settings) {
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
  return rows;
}

}  // namespace depthwire::cli
