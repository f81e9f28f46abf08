#include "common/config/schema.hpp"

#include <algorithm>
#include <iterator>

namespace depthwire::config {

Section& Schema::section(std::string_view name, std::string_view help) {
  const auto found = std::find_if(sections.begin(), sections.end(),
                                  [&](const Section& section) { return section.name == name; });
  if (found == sections.end()) {
    return sections.emplace_back(Section{std::string(name), std::string(help), {}});
  }
  if (found->help.empty()) found->help = help;
  return *found;
}

void Schema::merge(Schema other) {
  for (Section& from : other.sections) {
    Section& into = section(from.name, from.help);
    std::move(from.fields.begin(), from.fields.end(), std::back_inserter(into.fields));
  }
  std::move(other.checks.begin(), other.checks.end(), std::back_inserter(checks));
  std::move(other.unused.begin(), other.unused.end(), std::back_inserter(unused));
}

}  // namespace depthwire::config
