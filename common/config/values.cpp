#include "common/config/values.hpp"

namespace depthwire::config {
namespace {

void add(const std::vector<Field>& fields, const std::string& parent,
         std::map<std::string, std::string>& values) {
  for (const Field& field : fields) {
    const std::string key = parent + field.key;
    if (field.is_group()) {
      add(field.members, key + ".", values);
    } else if (!field.secret) {
      values[key] = field.initial;
    }
  }
}

}  // namespace

std::map<std::string, std::string> values_of(const Schema& schema, std::string_view name) {
  std::map<std::string, std::string> values;
  for (const Section& section : schema.sections) {
    if (section.name == name) add(section.fields, "", values);
  }
  return values;
}

}  // namespace depthwire::config
