#include "cli/commands.hpp"
#include "common/replay/diff.hpp"
#include "common/replay/recorded.hpp"
#include "common/replay/replay.hpp"
#include "common/service/exit_error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace depthwire::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int different = 1;

[[noreturn]] void refuse_diff(const std::string& text) {
  throw service::ExitError(service::exit_code::usage, "replay --diff: " + text);
}

/// What is compared with what: two journals, or each journal of a folder with its namesake.
std::vector<std::pair<fs::path, fs::path>> pairs(const fs::path& a, const fs::path& b) {
  for (const auto& path : {a, b}) {
    if (!fs::is_directory(path)) refuse_diff(path.string() + " is not a directory");
  }
  if (replay::is_journal(a) && replay::is_journal(b)) return {{a, b}};
  std::vector<std::pair<fs::path, fs::path>> found;
  for (const auto& entry : fs::directory_iterator(a)) {
    if (!replay::is_journal(entry.path())) continue;
    const auto other = b / entry.path().filename();
    if (!replay::is_journal(other))
      refuse_diff(b.string() + " has no journal " + entry.path().filename().string());
    found.emplace_back(entry.path(), other);
  }
  if (found.empty()) refuse_diff("no journal in " + a.string());
  std::sort(found.begin(), found.end());
  return found;
}

std::optional<journal::Position> position(const char* option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (const auto parsed = replay::parse_position(text)) return parsed;
  refuse_diff(std::string(option) + ": expected a position of the input, EPOCH:OFFSET, got \"" +
              text + "\"");
}

json to_json(const std::string& name, const replay::Comparison& comparison) {
  json out{{"journal", name},
           {"equal", !comparison.first.has_value()},
           {"compared", comparison.compared}};
  if (!comparison.first) return out;
  const auto& first = *comparison.first;
  const auto place = [](const std::optional<journal::Position>& at) {
    return at ? json(to_string(*at)) : json();
  };
  out["first"] = {{"topic", first.topic},     {"a", place(first.a)},
                  {"b", place(first.b)},      {"cause", to_string(first.cause)},
                  {"field", first.field},     {"value_a", first.value_a},
                  {"value_b", first.value_b}, {"text", first.text}};
  return out;
}

}  // namespace

int replay_diff(const ReplayOptions& options) {
  replay::DiffOptions what;
  what.from = position("--from", options.from);
  what.to = position("--to", options.to);
  what.only = {options.symbols.begin(), options.symbols.end()};
  int code = service::exit_code::ok;
  for (const auto& [a, b] : pairs(options.diff[0], options.diff[1])) {
    what.a = a;
    what.b = b;
    const auto name = replay::source_of(a);
    const auto comparison = replay::diff(what);
    if (comparison.first) code = different;
    if (options.json) {
      std::puts(to_json(name, comparison).dump().c_str());
    } else if (comparison.first) {
      std::printf("%s: different after %zu equal outputs: %s\n", name.c_str(),
                  static_cast<std::size_t>(comparison.compared), comparison.first->text.c_str());
    } else {
      std::printf("%s: %zu outputs, the same in both\n", name.c_str(),
                  static_cast<std::size_t>(comparison.compared));
    }
  }
  return code;
}

}  // namespace depthwire::cli
