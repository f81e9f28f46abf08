#include "common/config/help.hpp"

#include "common/config/load.hpp"

#include <functional>
#include <set>

namespace depthwire::config {
namespace {

using Visit = std::function<void(const std::string& path, const Field& field)>;

void walk(const std::vector<Field>& fields, const std::string& parent, const Visit& visit) {
  std::set<std::string> seen;  // a section may be described in parts, and a key in two of them
  for (const Field& field : fields) {
    if (!seen.insert(field.key).second) continue;
    const std::string path = parent + "." + field.key;
    if (field.is_group()) {
      walk(field.members, path, visit);
    } else {
      visit(path, field);
    }
  }
}

std::string variables_of(const std::string& path, const Field& field, const std::string& quote) {
  std::string text = quote + variable_name(path) + quote;
  for (const Variable& variable : field.variables) {
    text += ", " + quote + variable.name + quote;
    if (variable.only) text += " (in " + std::string(to_string(*variable.only)) + ")";
  }
  return text;
}

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) {
    text.insert(at, "\\");
  }
  return text;
}

}  // namespace

std::string help_text(const Schema& schema) {
  std::string text =
      "Settings (in the file, as variable, or as --set KEY=VALUE; the later wins):\n\n"
      "  environment\n      one of sim, demo, live; default sim; DEPTHWIRE_ENVIRONMENT\n";
  for (const Section& section : schema.sections) {
    if (section.fields.empty()) continue;
    text += "\n" + section.name + ": " + section.help + "\n";
    walk(section.fields, section.name, [&](const std::string& path, const Field& field) {
      text += "  " + path + "\n      " + field.help + "; " + field.expects;
      if (!field.initial.empty()) text += "; default " + field.initial;
      text += "; " + variables_of(path, field, "") + "\n";
    });
  }
  return text;
}

std::string reference_page(const Schema& schema) {
  std::string text =
      "# Configuration\n\n"
      "One YAML file serves all processes. Each key can also be set by an environment variable,\n"
      "which wins over the file, and by `--set KEY=VALUE`, which wins over both. Unknown keys and\n"
      "values out of bounds are errors; a process then ends with exit code 78 and says where.\n"
      "This page is generated from the programs: `depthwire config reference`.\n\n"
      "| key | default | expects | meaning | variables |\n|---|---|---|---|---|\n"
      "| `environment` | `sim` | one of sim, demo, live | which market | "
      "`DEPTHWIRE_ENVIRONMENT` |\n";
  for (const Section& section : schema.sections) {
    if (section.fields.empty()) continue;
    text += "\n## " + section.name + "\n\n" + section.help +
            "\n\n| key | default | expects | meaning | variables |\n|---|---|---|---|---|\n";
    walk(section.fields, section.name, [&](const std::string& path, const Field& field) {
      const std::string initial = field.initial.empty() ? "" : "`" + field.initial + "`";
      text += "| `" + path + "` | " + cell(initial) + " | " + cell(field.expects) + " | " +
              cell(field.help) + " | " + variables_of(path, field, "`") + " |\n";
    });
  }
  return text;
}

}  // namespace depthwire::config
