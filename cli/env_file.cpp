#include "cli/env_file.hpp"

#include "common/service/exit_error.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>

namespace depthwire::cli {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::isdigit(static_cast<unsigned char>(text[0])) == 0 &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

/// The text between `quote` and its end; nothing without an end or with something after it.
std::optional<std::string> quoted(std::string_view text, char quote) {
  std::string value;
  for (std::size_t at = 1; at < text.size(); ++at) {
    char c = text[at];
    if (c == quote) {
      const auto rest = trim(text.substr(at + 1));
      if (!rest.empty() && rest[0] != '#') return std::nullopt;
      return value;
    }
    if (quote == '"' && c == '\\' && at + 1 < text.size()) {
      c = text[++at];
      c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
    value += c;
  }
  return std::nullopt;
}

std::optional<std::string> value_of(std::string_view text) {
  if (!text.empty() && (text[0] == '"' || text[0] == '\'')) return quoted(text, text[0]);
  const auto comment = text.find(" #");
  return std::string(trim(text.substr(0, comment)));
}

}  // namespace

tl::expected<Variables, std::string> parse_env(std::string_view text) {
  Variables variables;
  std::istringstream lines{std::string(text)};
  int number = 0;
  for (std::string whole; std::getline(lines, whole);) {
    ++number;
    std::string_view line = trim(whole);
    if (line.empty() || line[0] == '#') continue;
    if (line.starts_with("export ")) line = trim(line.substr(7));
    const auto equals = line.find('=');
    const auto name = trim(line.substr(0, equals));
    const auto value =
        equals == std::string_view::npos ? std::nullopt : value_of(trim(line.substr(equals + 1)));
    if (!is_name(name) || !value) {
      return tl::unexpected(std::to_string(number) + ": expected NAME=VALUE");
    }
    variables.emplace_back(name, *value);
  }
  return variables;
}

void load_env_file(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return;
  std::ifstream in(file);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) {
    throw service::ExitError(service::exit_code::config, "cannot read " + file.string());
  }
  const auto variables = parse_env(text.str());
  if (!variables) {
    throw service::ExitError(service::exit_code::config, file.string() + ":" + variables.error());
  }
  for (const auto& [name, value] : *variables) ::setenv(name.c_str(), value.c_str(), 0);
}

}  // namespace depthwire::cli
