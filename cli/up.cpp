#include "cli/cluster.hpp"
#include "cli/commands.hpp"
#include "cli/http.hpp"
#include "cli/living.hpp"
#include "cli/place.hpp"
#include "cli/ports.hpp"
#include "cli/run_file.hpp"
#include "cli/settings.hpp"
#include "cli/supervisor.hpp"
#include "cli/wait_ready.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace depthwire::cli {
namespace {

using service::ExitError;

void line(const std::string& who, const std::string& text) {
  std::printf("%-11s %s\n", who.c_str(), text.c_str());
  std::fflush(stdout);
}

/// Whether the grant is a login's, which the process tokens holds.
bool holds_grant(const AllSettings& settings) {
  return !ctrader::token_socket(settings.streaming.ctrader, settings.loaded.environment).empty();
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
    const bool needed = name == "simulator" ? settings.environment() == "sim"
                        : name == "tokens"  ? holds_grant(settings)
                                            : true;
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

/// Where the gateway says that its page is; "" when it does not run.
std::string page_url(const AllSettings& settings) {
  const auto run = read_run_file(settings.run_dir(), "gateway");
  const auto reply = run ? http_get(run->health, "/readyz") : std::nullopt;
  const auto json = reply ? nlohmann::json::parse(reply->body, nullptr, false) : nlohmann::json();
  return json.is_object() ? json["info"].value("url", "") : "";
}

/// Throws ExitError 69 with every address that `plan` needs and cannot have.
void check_ports(const Plan& plan, const Place& place, const AllSettings& settings) {
  std::vector<std::string> processes = plan.services;
  if (plan.postgres) processes.emplace_back("postgres");
  const auto problems = port_problems(needed_ports(settings, processes), find_living(place));
  if (problems.empty()) return;
  std::string text = "nothing was started, because of these addresses:";
  for (const auto& problem : problems) text += "\n  " + problem;
  const auto key = problems.front().substr(0, problems.front().find(':'));
  text += "\nEnd what holds them, or give other addresses: in " +
          (place.embedded ? "a depthwire.yaml in " + place.root.string() : place.config.string()) +
          ", or by a variable such as " + config::variable_name(key);
  throw ExitError(service::exit_code::port_in_use, text);
}

/// Starts PostgreSQL, waits until it serves, and migrates.
void start_postgres(const Supervisor& supervisor, const Cluster& cluster,
                    const AllSettings& settings, const LogMarks& marks) {
  supervisor.start({"postgres"});
  try {
    cluster.wait([&] {
      return marks.given_up("postgres") ? marks.how("postgres") + ": " + marks.problem("postgres")
                                        : "";
    });
  } catch (const ExitError&) {
    supervisor.stop({"postgres"});  // which would be started again and again without a pause
    throw;
  }
  const int migrations = migrate_database(settings, true);
  line("postgres", "serves at port " + std::to_string(settings.persister.database.port) + ", " +
                       (migrations == 0 ? "schema up to date"
                                        : std::to_string(migrations) + " migrations done"));
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
  check_ports(plan, place, settings);
  const LogMarks marks(place);
  if (plan.postgres) cluster.prepare(progress);
  supervisor.ensure(programs);
  if (plan.postgres) start_postgres(supervisor, cluster, settings, marks);
  // The simulator comes first: it makes the certificate authority that its clients trust.
  std::vector<std::string> rest = plan.services;
  bool ready = true;
  if (!rest.empty() && rest.front() == "simulator") {
    supervisor.start({"simulator"});
    ready = wait_ready(place, settings, {"simulator"}, marks, line);
    rest.erase(rest.begin());
  }
  supervisor.start(rest);
  ready = wait_ready(place, settings, rest, marks, line) && ready;
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
