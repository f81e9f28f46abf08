#include "cli/cluster.hpp"
#include "cli/commands.hpp"
#include "cli/http.hpp"
#include "cli/living.hpp"
#include "cli/place.hpp"
#include "cli/run_file.hpp"
#include "cli/settings.hpp"
#include "cli/supervisor.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <thread>

namespace depthwire::cli {
namespace {

using Clock = std::chrono::steady_clock;
using service::ExitError;

constexpr std::chrono::seconds patience{30};

void line(const std::string& who, const std::string& text) {
  std::printf("%-11s %s\n", who.c_str(), text.c_str());
  std::fflush(stdout);
}

template <class Condition>
bool wait_for(Condition condition) {
  const auto deadline = Clock::now() + patience;
  while (!condition()) {
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

/// What `up` starts, in order.
struct Plan {
  bool postgres = false;
  std::vector<std::string> services;
};

Plan make_plan(const AllSettings& settings, const Cluster& cluster,
               const std::vector<std::string>& only) {
  const auto chosen = [&](std::string_view name) {
    return only.empty() || std::find(only.begin(), only.end(), name) != only.end();
  };
  std::vector<std::string> known{"postgres"};
  known.insert(known.end(), services().begin(), services().end());
  for (const std::string& name : only) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      std::string list;
      for (const auto& each : known) list += (list.empty() ? "" : ", ") + each;
      throw ExitError(service::exit_code::usage,
                      "--only: there is no " + name + "; known: " + list);
    }
  }
  Plan plan;
  plan.postgres = cluster.wanted() && (chosen("persister") || chosen("postgres"));
  for (const auto name : services()) {
    const bool needed = name != "simulator" || settings.environment() == "sim";
    if (needed && chosen(name)) plan.services.emplace_back(name);
  }
  return plan;
}

std::vector<Program> programs_of(const Plan& plan, const Place& place, const Cluster& cluster) {
  std::vector<Program> programs;
  if (plan.postgres) programs.push_back(cluster.program());
  for (const std::string& name : plan.services) {
    programs.push_back({.name = name,
                        .command = {(place.binaries / program_name(name)).string(), "--config",
                                    place.config.string()}});
  }
  return programs;
}

/// What the process says of its readiness; nothing while it does not answer.
std::optional<std::string> readiness(const AllSettings& settings, const std::string& name) {
  const auto run = read_run_file(settings.run_dir(), name);
  const auto reply = run ? http_get(run->health, "/readyz") : std::nullopt;
  if (!reply) return std::nullopt;
  if (reply->status == 200) return "ready";
  const auto json = nlohmann::json::parse(reply->body, nullptr, false);
  std::string text = "not ready";
  if (json.is_object() && json.contains("reasons")) {
    for (const auto& [code, reason] : json["reasons"].items()) {
      text += ": " + reason.get<std::string>();
    }
  }
  return text;
}

/// Where the gateway says that its page is; "" when it does not run.
std::string page_url(const AllSettings& settings) {
  const auto run = read_run_file(settings.run_dir(), "gateway");
  const auto reply = run ? http_get(run->health, "/readyz") : std::nullopt;
  const auto json = reply ? nlohmann::json::parse(reply->body, nullptr, false) : nlohmann::json();
  return json.is_object() ? json["info"].value("url", "") : "";
}

/// The newest line of the log that is an error or a problem of the configuration, at least the
/// last line.
std::string last_error(const std::string& log) {
  std::ifstream in(log);
  std::string found;
  bool error = false;
  for (std::string text; std::getline(in, text);) {
    const auto at = text.find(" error ");
    if (at != std::string::npos) found = text.substr(text.find_first_not_of(' ', at + 7));
    if (at == std::string::npos && !error) found = text;
    error = error || at != std::string::npos;
  }
  return found;
}

/// Waits until each service is ready; true when all are. One line each, as they come.
bool report(const Supervisor& supervisor, const AllSettings& settings, const Place& place,
            const std::vector<std::string>& names) {
  bool all_ready = true;
  for (const std::string& name : names) {
    std::optional<std::string> last;
    const bool ready = wait_for([&] {
      last = readiness(settings, name);
      if (last == "ready") return true;
      return !last && !supervisor.states()[name].running();
    });
    const std::string log = (place.log() / (name + ".log")).string();
    if (!last) {
      const auto state = supervisor.states()[name];
      line(name, state.state + " " + state.detail + ": " + last_error(log) + "; see " + log);
    } else {
      line(name, *last + (*last == "ready" ? "" : "; see " + log));
    }
    all_ready = all_ready && ready && last == "ready";
  }
  return all_ready;
}

/// Ends what a killed supervisord has left behind; false when there is nothing.
bool end_left_behind(const Place& place) {
  const auto living = find_living(place);
  if (living.empty()) return false;
  std::string names;
  for (const Living& each : living) names += (names.empty() ? "" : ", ") + each.name;
  line("supervisor", "is gone and has left behind: " + names + "; ending them");
  end_living(living, line);
  return true;
}

}  // namespace

int up(const Common& common, const UpOptions& options) {
  const Place place = make_place(common.root, common.config);
  AllSettings settings;
  settings.load(place.config);
  for (const std::string& warning : settings.loaded.warnings) line("warning", warning);
  line("config", place.config.string() + ", environment " + settings.environment());

  const Cluster cluster(place, settings.persister.database);
  const Plan plan = make_plan(settings, cluster, options.only);
  // Supervisor knows all of them, whatever is started now, so that another `up` adds to this one.
  const auto programs = programs_of(make_plan(settings, cluster, {}), place, cluster);
  const auto progress = [](const std::string& text) { line("postgres", text); };
  const Supervisor supervisor(place);
  if (!supervisor.running()) end_left_behind(place);
  if (plan.postgres) cluster.prepare(progress);
  supervisor.ensure(programs);
  if (plan.postgres) {
    supervisor.start({"postgres"});
    cluster.wait();
    const int migrations = migrate_database(settings, true);
    line("postgres", "serves at port " + std::to_string(settings.persister.database.port) + ", " +
                         (migrations == 0 ? "schema up to date"
                                          : std::to_string(migrations) + " migrations done"));
  }
  // The simulator comes first: it makes the certificate authority that its clients trust.
  std::vector<std::string> rest = plan.services;
  bool ready = true;
  if (!rest.empty() && rest.front() == "simulator") {
    supervisor.start({"simulator"});
    ready = report(supervisor, settings, place, {"simulator"});
    rest.erase(rest.begin());
  }
  supervisor.start(rest);
  ready = report(supervisor, settings, place, rest) && ready;
  if (const auto url = page_url(settings); !url.empty()) {
    std::printf("\nThe page:  %s\n", url.c_str());
  }
  std::printf("To stop:   depthwire down   (or make down)\n");
  return ready ? service::exit_code::ok : 1;
}

int down(const Common& common) {
  const Place place = find_place(common.root, common.config);
  const bool was_running = Supervisor(place).shut_down();
  const bool left_behind = end_left_behind(place);
  line("down", was_running || left_behind ? "all processes have ended" : "nothing was running");
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
