#include "simulator/arguments.hpp"

#include <algorithm>

namespace depthwire::simulator {
namespace {

const config::Field* field_of(const config::Schema& schema, std::string_view option) {
  if (!option.starts_with("--")) return nullptr;
  std::string key(option.substr(2));
  std::ranges::replace(key, '-', '_');
  // Every process has this one in its section, described by its host.
  static const config::Field health{.key = "health"};
  if (key == health.key) return &health;
  for (const auto& section : schema.sections) {
    if (section.name != "simulator") continue;
    const auto found = std::ranges::find(section.fields, key, &config::Field::key);
    if (found != section.fields.end()) return &*found;
  }
  return nullptr;
}

bool is_switch(const config::Field& field) {
  return field.initial == "true" || field.initial == "false";
}

}  // namespace

std::vector<std::string> with_short_options(const std::vector<std::string>& arguments,
                                            const config::Schema& schema) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const auto equals = argument.find('=');
    const auto* field = field_of(schema, argument.substr(0, equals));
    if (field == nullptr) {
      out.push_back(argument);
      continue;
    }
    const bool has_next = i + 1 < arguments.size() && !arguments[i + 1].starts_with("--");
    std::string value;
    if (equals != std::string::npos) {
      value = argument.substr(equals + 1);
    } else if (is_switch(*field) &&
               !(has_next && (arguments[i + 1] == "true" || arguments[i + 1] == "false"))) {
      value = "true";
    } else if (has_next) {
      value = arguments[++i];
    }
    out.emplace_back("--set");
    out.push_back("simulator." + field->key + "=" + value);
  }
  return out;
}

}  // namespace depthwire::simulator
