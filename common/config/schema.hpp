#pragma once

#include "common/config/environment.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace depthwire::config {

/// What was written for a key: one text, or a list of texts.
struct Given {
  std::variant<std::string, std::vector<std::string>> value;
  bool in_file = true;  ///< else in a variable or a flag, where a list is separated by commas
};

/// An environment variable that sets a field; with `only`, in that environment alone.
struct Variable {
  std::string name;
  std::optional<Environment> only;
};

/// Variables that users of other programs have and that set nothing here; they are named once.
struct Unused {
  std::vector<std::string> names;  ///< a last `*` stands for any rest
  std::string why;
};

/// A setting, or (with `members`) a group of settings.
struct Field {
  std::string key;
  std::string help;
  std::string expects;  ///< "an integer from 1 to 1000"
  std::string initial;  ///< the default, as one would write it
  bool secret = false;
  std::vector<Variable> variables;  ///< beside the one named after its path
  /// Stores the value, or says what is wrong with it. Empty for a group.
  std::function<std::optional<std::string>(const Given&)> assign;
  std::vector<Field> members;

  [[nodiscard]] bool is_group() const { return !assign; }
};

/// A top-level key of the file that holds settings.
struct Section {
  std::string name;
  std::string help;
  std::vector<Field> fields;
};

/// What a configuration's own check() sees: rules that hold between settings.
class Checks {
 public:
  using Fail = std::function<void(std::string_view key, std::string_view text)>;
  Checks(Environment environment, Fail fail) : environment_(environment), fail_(std::move(fail)) {}

  [[nodiscard]] Environment environment() const { return environment_; }
  /// Reports that `key` (relative to the struct that checks) is wrong: what is expected there.
  void fail(std::string_view key, std::string_view text) const { fail_(key, text); }

 private:
  Environment environment_;
  Fail fail_;
};

struct Check {
  std::string path;  ///< of the struct that checks: `streaming`, `bus.streaming`
  std::function<void(const Checks&)> run;
};

/// All settings that a process reads. It points into the structs that were described.
struct Schema {
  std::vector<Section> sections;
  std::vector<Check> checks;
  std::vector<Unused> unused;

  /// The section `name`, made when it is missing. A section may be described in parts.
  Section& section(std::string_view name, std::string_view help);
  /// Adds all sections and checks of `other`.
  void merge(Schema other);
};

}  // namespace depthwire::config
