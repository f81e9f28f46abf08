#include "cli/process_log.hpp"

#include <nlohmann/json.hpp>

#include <cctype>
#include <fstream>
#include <string_view>

namespace depthwire::cli {
namespace {

std::ifstream open_behind(const std::filesystem::path& log, std::uintmax_t from) {
  std::ifstream in(log);
  if (log_end(log) >= from) in.seekg(static_cast<std::streamoff>(from));
  return in;
}

struct Line {
  std::string text;  ///< without time, level and process
  bool problem = false;
  bool start = false;
};

/// 2026-11-21T10:58:31.123Z error   streaming: text
Line read_ours(const std::string& raw) {
  const auto level = raw.find(' ');
  const auto process = raw.find_first_not_of(' ', raw.find(' ', level + 1));
  const auto text = raw.find(": ", process);
  if (text == std::string::npos) return {raw};
  return {raw.substr(text + 2), raw.compare(level + 1, 6, "error ") == 0,
          raw.find(" starts, environment ", text) != std::string::npos};
}

Line read_line(const std::string& raw) {
  if (raw.starts_with('{')) {
    const auto json = nlohmann::json::parse(raw, nullptr, false);
    if (json.is_object() && json.contains("message")) {
      const auto text = json.value("message", "");
      return {text, json.value("level", "") == "error",
              text.find(" starts, environment ") != std::string::npos};
    }
  }
  const bool dated = raw.size() > 11 && raw[4] == '-' && raw[7] == '-' &&
                     std::isdigit(static_cast<unsigned char>(raw[0])) != 0;
  // What has no time is no log line: the list of a wrong configuration, an assertion that failed.
  if (!dated) return {raw, true};
  if (raw[10] == 'T') return read_ours(raw);
  for (const char* level : {"FATAL:  ", "PANIC:  ", "ERROR:  "}) {
    if (const auto at = raw.find(level); at != std::string::npos) return {raw.substr(at + 8), true};
  }
  return {raw, false, raw.find("starting PostgreSQL") != std::string::npos};
}

/// `name` of "... spawned: 'name' with pid 27" or "... exited: name (exit status 1; expected)".
std::string word_after(const std::string& line, std::string_view mark, char end) {
  const auto at = line.find(mark);
  if (at == std::string::npos) return "";
  const auto from = at + mark.size();
  return line.substr(from, line.find(end, from) - from);
}

}  // namespace

std::uintmax_t log_end(const std::filesystem::path& log) {
  std::error_code missing;
  const auto size = std::filesystem::file_size(log, missing);
  return missing ? 0 : size;
}

std::string last_problem(const std::filesystem::path& log, std::uintmax_t from) {
  auto in = open_behind(log, from);
  std::string newest;
  std::string problem;
  for (std::string raw; std::getline(in, raw);) {
    if (raw.empty()) continue;
    Line line = read_line(raw);
    if (line.start) problem.clear();
    if (line.problem) problem = line.text;
    newest = std::move(line.text);
  }
  return problem.empty() ? newest : problem;
}

std::map<std::string, int> count_lines(const std::filesystem::path& log,
                                       const std::vector<std::string>& words) {
  constexpr std::uintmax_t newest = 1U << 20U;
  const auto end = log_end(log);
  auto in = open_behind(log, end > newest ? end - newest : 0);
  std::map<std::string, int> lines;
  for (std::string line; std::getline(in, line);) {
    for (const auto& word : words) {
      if (line.find(word) != std::string::npos) ++lines[word];
    }
  }
  return lines;
}

std::map<std::string, Lives> lives_of(const std::filesystem::path& supervisor_log,
                                      std::uintmax_t from) {
  auto in = open_behind(supervisor_log, from);
  std::map<std::string, Lives> all;
  std::map<std::string, bool> crashed;
  for (std::string line; std::getline(in, line);) {
    if (line.find(" supervisord started with pid ") != std::string::npos) {
      all.clear();
      crashed.clear();
    } else if (const auto name = word_after(line, " spawned: '", '\''); !name.empty()) {
      Lives& lives = all[name];
      lives = {.restarts = crashed[name] ? lives.restarts + 1 : 0, .how = lives.how};
      crashed[name] = false;
    } else if (const auto gone = word_after(line, " exited: ", ' '); !gone.empty()) {
      Lives& lives = all[gone];
      lives.how = word_after(line, " (", ';');
      crashed[gone] = line.find("; not expected)") != std::string::npos;
      lives.ended = !crashed[gone];
    }
  }
  return all;
}

}  // namespace depthwire::cli
