#pragma once

#include "common/config/bind.hpp"
#include "common/config/schema.hpp"

#include <string>
#include <string_view>
#include <utility>

// A struct describes its settings once; the file, the environment, --help and the reference page
// all come from that:
//
//   struct Config {
//     std::size_t depth = 10;
//     config::Secret key;
//     Ctrader ctrader;
//
//     template <class Visitor>
//     void describe(Visitor& field) {
//       field("depth", depth, "levels per side", config::Bounds{.min = 1, .max = 1000});
//       field("key", key, "the key", config::Env{"CTRADER_KEY"});
//       field.group("curve", curve, "keys");           // nested in the process's own section
//       field.section("ctrader", ctrader, "account");  // a top-level section that others read too
//     }
//     void check(const config::Checks& checks) const;  // optional: rules between settings
//   };

namespace depthwire::config {

/// The visitor that describe() is called with.
class Builder {
 public:
  Builder(Schema& schema, std::vector<Field>& fields, std::string path)
      : schema_(schema), fields_(fields), path_(std::move(path)) {}

  /// Options: Bounds, DurationBounds, Names (needed for an enum), any number of Env.
  template <class T, class... Options>
  void operator()(std::string_view key, T& value, std::string_view help, Options... options) {
    Field field;
    field.key = key;
    field.help = help;
    bind_with(field, value, std::move(options)...);
    fields_.push_back(std::move(field));
  }

  template <class T>
  void group(std::string_view key, T& value, std::string_view help) {
    Field field;
    field.key = key;
    field.help = help;
    Builder inner(schema_, field.members, path_ + "." + std::string(key));
    inner.describe(value);
    fields_.push_back(std::move(field));
  }

  template <class T>
  void section(std::string_view name, T& value, std::string_view help) {
    Schema other;
    std::vector<Field> fields;
    Builder inner(other, fields, std::string(name));
    inner.describe(value);
    other.section(name, help).fields = std::move(fields);
    schema_.merge(std::move(other));
  }

  /// Variables that a user may have set and that mean nothing here: a warning names them.
  void unused(std::vector<std::string> names, std::string why) {
    schema_.unused.push_back({std::move(names), std::move(why)});
  }

  template <class T>
  void describe(T& value) {
    value.describe(*this);
    if constexpr (requires(const Checks& checks) { value.check(checks); }) {
      schema_.checks.push_back({path_, [&value](const Checks& checks) { value.check(checks); }});
    }
  }

 private:
  template <class T>
  void bind_with(Field& field, T& value) {
    bind(field, value);
  }
  template <class T, class... Rest>
  void bind_with(Field& field, T& value, Env env, Rest... rest) {
    field.variables.push_back({std::move(env.name), env.only});
    bind_with(field, value, std::move(rest)...);
  }
  template <class T, class Option, class... Rest>
  void bind_with(Field& field, T& value, Option option, Rest... rest) {
    bind(field, value, std::move(option));
    (field.variables.push_back({std::move(rest.name), rest.only}), ...);  // only Env may follow
  }

  Schema& schema_;
  std::vector<Field>& fields_;
  std::string path_;
};

/// The settings of `config`: those in the section `name`, and the shared sections that it names.
/// `config` has to outlive the schema.
template <class Config>
[[nodiscard]] Schema describe(std::string_view name, std::string_view help, Config& config) {
  Schema schema;
  schema.section(name, help);
  std::vector<Field> fields;
  Builder builder(schema, fields, std::string(name));
  builder.describe(config);
  Section& own = schema.section(name, help);
  own.fields.insert(own.fields.end(), std::make_move_iterator(fields.begin()),
                    std::make_move_iterator(fields.end()));
  return schema;
}

}  // namespace depthwire::config
