// Nothing here asks supervisorctl, which costs half a second of processor time a call:
// supervisord's log tells as soon as a process has ended.
#include "cli/wait_ready.hpp"

#include "cli/http.hpp"
#include "cli/run_file.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <thread>

namespace depthwire::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// So many crashes are no accident.
constexpr int hopeless_restarts = 3;
constexpr std::chrono::milliseconds pause{100};

std::filesystem::path log_of(const Place& place, const std::string& process) {
  return place.log() / (process + ".log");
}

/// What is known for sure of a process.
struct Fate {
  bool ready = false;
  std::string text;
};

struct Answer {
  bool ready = false;
  bool final = false;  ///< an error that does not pass by itself
  std::string text;
};

/// What /readyz of the process says; nothing while it does not answer.
std::optional<Answer> ask(const AllSettings& settings, const std::string& name) {
  const auto run = read_run_file(settings.run_dir(), name);
  const auto reply = run ? http_get(run->health, "/readyz") : std::nullopt;
  if (!reply) return std::nullopt;
  if (reply->status == 200) return Answer{true, false, "ready"};
  Answer answer{false, false, "not ready"};
  const auto json = nlohmann::json::parse(reply->body, nullptr, false);
  if (!json.is_object()) return answer;
  answer.final = json["info"].value("state", "") == "error";
  for (const auto& [code, reason] : json["reasons"].items()) {
    answer.text += ": " + reason.get<std::string>();
  }
  return answer;
}

std::optional<Fate> fate(const AllSettings& settings, const LogMarks& marks,
                         const std::string& name, bool out_of_time) {
  const auto answer = ask(settings, name);
  if (answer && answer->ready) return Fate{true, answer->text};
  if (answer && (answer->final || out_of_time)) return Fate{false, answer->text};
  if (answer) return std::nullopt;
  if (marks.given_up(name)) return Fate{false, marks.how(name) + ": " + marks.problem(name)};
  if (out_of_time) return Fate{false, "does not answer: " + marks.problem(name)};
  return std::nullopt;
}

}  // namespace

LogMarks::LogMarks(const Place& place) : place_(place) {
  for (const std::string name : {"supervisord", "postgres"}) {
    ends_[name] = log_end(log_of(place, name));
  }
  for (const auto service : services()) {
    ends_[std::string(service)] = log_end(log_of(place, std::string(service)));
  }
}

std::string LogMarks::problem(const std::string& process) const {
  const auto log = log_of(place_, process);
  const auto problem = last_problem(log, ends_.at(process));
  // Silent since then: it has been running before, and says why it does not get on.
  return problem.empty() ? last_problem(log) : problem;
}

Lives LogMarks::lives(const std::string& process) const {
  return lives_of(log_of(place_, "supervisord"), ends_.at("supervisord"))[process];
}

bool LogMarks::given_up(const std::string& process) const {
  const Lives seen = lives(process);
  return seen.ended || seen.restarts >= hopeless_restarts;
}

std::string LogMarks::how(const std::string& process) const {
  const Lives seen = lives(process);
  return seen.ended ? "ended (" + seen.how + ")"
                    : "ended " + std::to_string(seen.restarts) + " times (" + seen.how + ")";
}

bool wait_ready(const Place& place, const AllSettings& settings,
                const std::vector<std::string>& names, const LogMarks& marks,
                const std::function<void(const std::string&, const std::string&)>& tell,
                std::chrono::milliseconds patience) {
  const auto deadline = Clock::now() + patience;
  std::vector<std::string> waiting = names;
  bool all_ready = true;
  for (;;) {
    const bool out_of_time = Clock::now() >= deadline;
    std::erase_if(waiting, [&](const std::string& name) {
      const auto known = fate(settings, marks, name, out_of_time);
      if (!known) return false;
      tell(name,
           known->ready ? known->text : known->text + "; see " + log_of(place, name).string());
      all_ready = all_ready && known->ready;
      return true;
    });
    if (waiting.empty()) return all_ready;
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace depthwire::cli
