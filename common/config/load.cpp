#include "common/config/load.hpp"

#include "common/config/bind.hpp"
#include "common/config/document.hpp"
#include "common/config/nearest.hpp"
#include "common/config/sections.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>

extern "C" char** environ;  // NOLINT(readability-redundant-declaration): not in a C++ header

namespace depthwire::config {
namespace {

std::string unknown(std::string_view name, const std::vector<std::string>& known) {
  if (const auto near = nearest(name, known)) return "unknown key; did you mean \"" + *near + "\"?";
  std::string list;
  for (const std::string& key : known) list += (list.empty() ? "" : ", ") + key;
  return "unknown key; known here: " + list;
}

std::vector<std::string> keys_of(const std::vector<Field>& fields) {
  std::vector<std::string> keys;
  for (const Field& field : fields) {
    if (std::find(keys.begin(), keys.end(), field.key) == keys.end()) keys.push_back(field.key);
  }
  return keys;
}

/// One pass over all sources; collects problems instead of stopping at the first.
class Loader {
 public:
  Loader(const Schema& schema, const Sources& sources) : schema_(schema), sources_(sources) {}

  Loaded run() {
    if (sources_.file) read_file(*sources_.file);
    std::set<std::string> names(other_variables().begin(), other_variables().end());
    set_environment();
    for (const auto& [path, text] : sources_.flags) {
      if (path == "environment") parse_environment_text(text, "--set environment");
    }
    for (const Section& section : schema_.sections) {
      for (const Field& field : section.fields) set_variables(field, section.name, names);
    }
    for (const auto& [path, text] : sources_.flags) set_flag(path, text);
    if (problems_.empty()) run_checks();
    warn_of_unknown_variables(names);
    warn_of_unused_variables();
    if (!problems_.empty()) throw ConfigError(std::move(problems_));
    return std::move(loaded_);
  }

 private:
  std::string place(Mark mark) const {
    return sources_.file->string() + ":" + std::to_string(mark.line) + ":" +
           std::to_string(mark.column);
  }
  void problem(std::string where, std::string key, std::string text) {
    problems_.push_back({std::move(where), std::move(key), std::move(text)});
  }

  void read_file(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    if (!in || !std::filesystem::is_regular_file(file) || !(text << in.rdbuf()).good()) {
      if (in && std::filesystem::is_regular_file(file)) return;  // an empty file: all defaults
      problem(file.string(), "",
              std::string("cannot read the configuration file (") +
                  std::strerror(errno != 0 ? errno : EISDIR) +
                  "); name an existing file with --config");
      return;
    }
    const auto document = parse_yaml(text.str());
    if (!document) {
      problem(place(document.error().mark), "", "not YAML: " + document.error().text);
      return;
    }
    if (document->kind == Value::Kind::nothing) return;
    if (document->kind != Value::Kind::map) {
      problem(place(document->mark), "", "expected sections such as `log:` at the top level");
      return;
    }
    read_sections(*document);
  }

  void read_sections(const Value& document) {
    const auto& known = known_sections();
    std::set<std::string> seen;
    for (const auto& [key, mark, value] : document.members) {
      if (!seen.insert(key).second) {
        problem(place(mark), key, "the key is there twice; keep one of them");
      } else if (key == "environment") {
        marks_[key] = place(value.mark);
        parse_environment_text(value.scalar, place(value.mark));
      } else if (const auto* section = find(key)) {
        read_members(section->fields, value, key);
      } else if (std::find(known.begin(), known.end(), key) == known.end()) {
        problem(place(mark), key, unknown(key, known));
      }
    }
  }

  void read_members(const std::vector<Field>& fields, const Value& value, const std::string& path) {
    if (value.kind == Value::Kind::nothing) return;
    if (value.kind != Value::Kind::map) {
      problem(place(value.mark), path, "expected settings as `key: value` below this key");
      return;
    }
    std::set<std::string> seen;
    for (const auto& [key, mark, member] : value.members) {
      const std::string member_path = path + "." + key;
      if (!seen.insert(key).second) {
        problem(place(mark), member_path, "the key is there twice; keep one of them");
        continue;
      }
      bool known = false;
      for (const Field& field : fields) {
        if (field.key != key) continue;
        read_field(field, member, member_path, known);
        known = true;
      }
      if (!known) problem(place(mark), member_path, unknown(key, keys_of(fields)));
    }
  }

  void read_field(const Field& field, const Value& value, const std::string& path, bool again) {
    if (field.is_group()) return read_members(field.members, value, path);
    marks_[path] = place(value.mark);
    Given given;
    if (value.kind == Value::Kind::list) {
      std::vector<std::string> items;
      for (const Value& item : value.items) {
        if (item.kind != Value::Kind::scalar) {
          return problem(place(item.mark), path, "expected a text as item of the list");
        }
        items.push_back(item.scalar);
      }
      given.value = std::move(items);
    } else if (value.kind == Value::Kind::map) {
      return problem(place(value.mark), path, "expected " + field.expects + ", got `key: value`");
    } else {
      given.value = value.scalar;
    }
    const auto wrong = field.assign(given);
    if (wrong && !again) problem(place(value.mark), path, *wrong);
  }

  void parse_environment_text(const std::string& text, const std::string& where) {
    if (const auto parsed = parse_environment(text)) {
      loaded_.environment = *parsed;
    } else {
      problem(where, "environment", unexpected("one of sim, demo, live", {text}));
    }
  }

  void set_environment() {
    const auto found = sources_.variables.find("DEPTHWIRE_ENVIRONMENT");
    if (found != sources_.variables.end() && !found->second.empty()) {
      parse_environment_text(found->second, found->first);
    }
  }

  void set_variables(const Field& field, const std::string& parent, std::set<std::string>& names) {
    const std::string path = parent + "." + field.key;
    if (field.is_group()) {
      for (const Field& member : field.members) set_variables(member, path, names);
      return;
    }
    std::vector<Variable> candidates{{variable_name(path), std::nullopt}};
    candidates.insert(candidates.end(), field.variables.begin(), field.variables.end());
    for (const auto& [name, only] : candidates) names.insert(name);
    for (const auto& [name, only] : candidates) {
      if (only && *only != loaded_.environment) continue;
      const auto found = sources_.variables.find(name);
      // An empty variable counts as none: Compose passes unset ones on like that.
      if (found == sources_.variables.end() || found->second.empty()) continue;
      marks_[path] = name;
      if (const auto wrong = field.assign({found->second, false})) problem(name, path, *wrong);
      return;
    }
  }

  void set_flag(const std::string& path, const std::string& text) {
    if (path == "environment") return;  // known before all else
    const std::string where = "--set " + path;
    const std::string name = path.substr(0, path.find('.'));
    const Section* section = find(name);
    std::vector<const Field*> found;
    if (section != nullptr) collect(section->fields, name, path, found);
    if (found.empty()) {
      return problem(where, "", "not a setting of this process; --help lists them");
    }
    if (found.front()->secret) {
      return problem(where, path,
                     "a secret cannot be given on a command line; use the file, " +
                         variable_name(path) + " or file:PATH");
    }
    marks_[path] = where;
    std::optional<std::string> wrong;
    for (const Field* field : found) wrong = field->assign({text, false});
    if (wrong) problem(where, path, *wrong);
  }

  static void collect(const std::vector<Field>& fields, const std::string& parent,
                      const std::string& path, std::vector<const Field*>& found) {
    for (const Field& field : fields) {
      const std::string own = parent + "." + field.key;
      if (field.is_group()) {
        collect(field.members, own, path, found);
      } else if (own == path) {
        found.push_back(&field);
      }
    }
  }

  void run_checks() {
    for (const Check& check : schema_.checks) {
      check.run(Checks(loaded_.environment, [&](std::string_view key, std::string_view text) {
        const std::string path = check.path + "." + std::string(key);
        const auto mark = marks_.find(path);
        Problem found{mark == marks_.end() ? "" : mark->second, path, std::string(text)};
        const bool again = std::any_of(problems_.begin(), problems_.end(),
                                       [&](const Problem& p) { return p.line() == found.line(); });
        if (!again) problems_.push_back(std::move(found));
      }));
    }
  }

  void warn_of_unknown_variables(const std::set<std::string>& names) {
    for (const auto& [name, text] : sources_.variables) {
      if (!name.starts_with("DEPTHWIRE_") || names.contains(name)) continue;
      if (belongs_to_another_process(name)) continue;
      const auto near = nearest(name, {names.begin(), names.end()});
      loaded_.warnings.push_back("the variable " + name + " is not a setting" +
                                 (near ? "; did you mean " + *near + "?" : ""));
    }
  }

  /// Names, never values: passwords are among them.
  void warn_of_unused_variables() {
    std::map<std::string, std::set<std::string>> found;  // by reason
    for (const auto& [names, why] : schema_.unused) {
      for (const auto& [name, text] : sources_.variables) {
        if (!text.empty() && matches_any(name, names)) found[why].insert(name);
      }
    }
    for (const auto& [why, names] : found) {
      std::string list;
      for (const auto& name : names) list += (list.empty() ? "" : ", ") + name;
      loaded_.warnings.push_back(list + ": " + why);
    }
  }

  static bool matches_any(std::string_view name, const std::vector<std::string>& patterns) {
    return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
      if (!pattern.ends_with('*')) return name == pattern;
      return name.starts_with(pattern.substr(0, pattern.size() - 1));
    });
  }

  bool belongs_to_another_process(const std::string& name) const {
    const auto& known = known_sections();
    return std::any_of(known.begin(), known.end(), [&](const std::string& section) {
      return find(section) == nullptr && name.starts_with(variable_name(section) + "_");
    });
  }

  const Section* find(const std::string& name) const {
    const auto found = std::find_if(schema_.sections.begin(), schema_.sections.end(),
                                    [&](const Section& section) { return section.name == name; });
    return found == schema_.sections.end() ? nullptr : &*found;
  }

  const Schema& schema_;
  const Sources& sources_;
  Loaded loaded_;
  std::vector<Problem> problems_;
  std::map<std::string, std::string> marks_;  // key path -> where it was given
};

}  // namespace

Loaded load(const Schema& schema, const Sources& sources) { return Loader(schema, sources).run(); }

std::map<std::string, std::string> process_variables() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

std::string variable_name(std::string_view path) {
  std::string name = "DEPTHWIRE_";
  for (const char c : path) {
    name += c == '.' || c == '-'   ? '_'
            : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A')
                                   : c;
  }
  return name;
}

}  // namespace depthwire::config
