#pragma once

#include "common/config/schema.hpp"
#include "common/config/secret.hpp"

#include <charconv>
#include <chrono>
#include <concepts>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::config {

/// Limits of a number, both included.
struct Bounds {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
};

/// Limits of a duration, both included.
struct DurationBounds {
  std::chrono::milliseconds min{0};
  std::chrono::milliseconds max = std::chrono::milliseconds::max();
};

/// A further environment variable that sets a value, such as CTRADER_CLIENT_ID. The DEPTHWIRE_
/// name wins, then the one named first.
struct Env {
  std::string name;
  std::optional<Environment> only;  ///< in others it sets nothing
};

/// How an enum's values are written.
template <class E>
struct Names {
  std::vector<std::pair<std::string, E>> values;
};

// One bind() per type: it fills in what the field expects, its default and how it is assigned.
void bind(Field& field, std::string& value);
void bind(Field& field, bool& value);
void bind(Field& field, double& value, Bounds bounds = {});
void bind(Field& field, std::chrono::milliseconds& value, DurationBounds bounds = {});
void bind(Field& field, std::filesystem::path& value);
void bind(Field& field, Secret& value);
void bind(Field& field, std::vector<std::string>& value);
/// Ids: numbers above 0.
void bind(Field& field, std::vector<std::int64_t>& value);

/// `expected <what>, got "<text>"`.
[[nodiscard]] std::string unexpected(const Field& field, const Given& given);
[[nodiscard]] std::string unexpected(std::string_view expects, const Given& given);
/// "an integer from 1 to 1000"
[[nodiscard]] std::string describe_bounds(std::string_view what, Bounds bounds);

template <std::integral T>
  requires(!std::same_as<T, bool>)
void bind(Field& field, T& value, Bounds bounds = {}) {
  if constexpr (std::unsigned_integral<T>) bounds.min = std::max(bounds.min, 0.0);
  field.expects = describe_bounds("an integer", bounds);
  field.initial = std::to_string(value);
  field.assign = [&value, bounds, expects = field.expects](const Given& given) {
    const auto* text = std::get_if<std::string>(&given.value);
    T parsed{};
    if (text == nullptr || text->empty()) return std::optional(unexpected(expects, given));
    const char* end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, parsed);
    const auto as_double = static_cast<double>(parsed);
    if (error != std::errc{} || rest != end || as_double < bounds.min || as_double > bounds.max) {
      return std::optional(unexpected(expects, given));
    }
    value = parsed;
    return std::optional<std::string>();
  };
}

template <class E>
  requires std::is_enum_v<E>
void bind(Field& field, E& value, const Names<E>& names) {
  for (const auto& [name, which] : names.values) {
    field.expects += (field.expects.empty() ? "one of " : ", ") + name;
    if (which == value) field.initial = name;
  }
  field.assign = [&value, names, expects = field.expects](const Given& given) {
    if (const auto* text = std::get_if<std::string>(&given.value)) {
      for (const auto& [name, which] : names.values) {
        if (name != *text) continue;
        value = which;
        return std::optional<std::string>();
      }
    }
    return std::optional(unexpected(expects, given));
  };
}

}  // namespace depthwire::config
