#include "cli/commands.hpp"
#include "cli/living.hpp"
#include "cli/place.hpp"
#include "cli/process_rows.hpp"
#include "cli/settings.hpp"
#include "cli/supervisor.hpp"
#include "common/service/exit_error.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <sstream>
#include <string>

namespace depthwire::cli {
namespace {

using nlohmann::json;

// Exit codes of `status` alone; 3 is what service managers say of what does not run.
constexpr int not_ready = 1;
constexpr int nothing_runs = 3;

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
    // Further accounts on the connection, which do not decide whether the process is ready.
    for (const auto& [about, value] : row["info"].items()) {
      if (about.starts_with("account ")) print_wrapped(about + ": " + cell(value));
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
  const json rows = process_rows(place, settings);
  if (options.json) {
    const json all{{"environment", settings.environment()}, {"processes", rows}};
    std::printf("%s\n", all.dump(2).c_str());
  } else {
    print_table(rows);
    if (!find_living(place).empty() && !Supervisor(place).running()) {
      print_wrapped(
          "supervisord is gone, so nothing restarts these: `depthwire up` starts anew, "
          "`depthwire down` ends them");
    }
  }
  return verdict(rows);
}

}  // namespace depthwire::cli
