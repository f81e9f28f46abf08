#include "common/config/bind.hpp"

#include "common/config/duration.hpp"

#include <cmath>
#include <cstring>
#include <fstream>
#include <sstream>

namespace depthwire::config {
namespace {

using Wrong = std::optional<std::string>;

std::string number(double value) {
  if (std::nearbyint(value) == value && std::abs(value) < 1e15) {
    return std::to_string(static_cast<std::int64_t>(value));
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value);  // the shortest that reads back
  return {text, end.ptr};
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream in(text);
  for (std::string part; std::getline(in, part, ',');) {
    const auto first = part.find_first_not_of(" \t");
    if (first == std::string::npos) continue;
    parts.push_back(part.substr(first, part.find_last_not_of(" \t") - first + 1));
  }
  return parts;
}

/// The text behind `file:PATH`, or what is wrong with it.
Wrong read_secret(const std::string& path, std::string& into) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!in || !(text << in.rdbuf())) {
    return "cannot read the file " + path + " (" + std::strerror(errno) +
           "); it has to exist, hold the value and be readable by this user";
  }
  into = text.str();
  while (!into.empty() && (into.back() == '\n' || into.back() == '\r')) into.pop_back();
  if (into.empty()) return "the file " + path + " is empty; it has to hold the value";
  return {};
}

/// The items of a list, in the file as such, elsewhere with commas between, or what is wrong.
Wrong read_list(const Given& given, std::vector<std::string>& into) {
  if (const auto* items = std::get_if<std::vector<std::string>>(&given.value)) {
    into = *items;
    return {};
  }
  const auto& text = std::get<std::string>(given.value);
  if (given.in_file && !text.empty()) return unexpected("a list such as [" + text + "]", given);
  into = split(text);
  return {};
}

}  // namespace

std::string describe_bounds(std::string_view what, Bounds bounds) {
  const bool low = std::isfinite(bounds.min);
  const bool high = std::isfinite(bounds.max);
  std::string text(what);
  if (low && high) return text + " from " + number(bounds.min) + " to " + number(bounds.max);
  if (low) return text + " of at least " + number(bounds.min);
  if (high) return text + " of at most " + number(bounds.max);
  return text;
}

std::string unexpected(std::string_view expects, const Given& given) {
  std::string text = "expected " + std::string(expects) + ", got ";
  if (const auto* scalar = std::get_if<std::string>(&given.value)) {
    return text + (scalar->empty() ? "nothing" : '"' + *scalar + '"');
  }
  return text + "a list";
}

std::string unexpected(const Field& field, const Given& given) {
  if (field.secret) return "expected " + field.expects;
  return unexpected(field.expects, given);
}

void bind(Field& field, std::string& value) {
  field.expects = "a text";
  field.initial = value;
  field.assign = [&value](const Given& given) -> Wrong {
    const auto* text = std::get_if<std::string>(&given.value);
    if (text == nullptr) return unexpected("a text", given);
    value = *text;
    return {};
  };
}

void bind(Field& field, bool& value) {
  field.expects = "true or false";
  field.initial = value ? "true" : "false";
  field.assign = [&value](const Given& given) -> Wrong {
    const auto* text = std::get_if<std::string>(&given.value);
    if (text == nullptr || (*text != "true" && *text != "false")) {
      return unexpected("true or false", given);
    }
    value = *text == "true";
    return {};
  };
}

void bind(Field& field, double& value, Bounds bounds) {
  field.expects = describe_bounds("a number", bounds);
  field.initial = number(value);
  field.assign = [&value, bounds, expects = field.expects](const Given& given) -> Wrong {
    const auto* text = std::get_if<std::string>(&given.value);
    double parsed = 0;
    if (text == nullptr) return unexpected(expects, given);
    const char* end = text->data() + text->size();
    const auto [rest, error] = std::from_chars(text->data(), end, parsed);
    const bool read = error == std::errc{} && rest == end && std::isfinite(parsed);
    if (!read || parsed < bounds.min || parsed > bounds.max) return unexpected(expects, given);
    value = parsed;
    return {};
  };
}

void bind(Field& field, std::chrono::milliseconds& value, DurationBounds bounds) {
  field.expects = "a duration such as 250ms, 5s or 1h";
  if (bounds.min.count() > 0) field.expects += ", at least " + to_string(bounds.min);
  if (bounds.max != std::chrono::milliseconds::max()) {
    field.expects += ", at most " + to_string(bounds.max);
  }
  field.initial = to_string(value);
  field.assign = [&value, bounds, expects = field.expects](const Given& given) -> Wrong {
    const auto* text = std::get_if<std::string>(&given.value);
    const auto parsed = text == nullptr ? std::nullopt : parse_duration(*text);
    if (!parsed || *parsed < bounds.min || *parsed > bounds.max) return unexpected(expects, given);
    value = *parsed;
    return {};
  };
}

void bind(Field& field, std::filesystem::path& value) {
  field.expects = "a path";
  field.initial = value.string();
  field.assign = [&value](const Given& given) -> Wrong {
    const auto* text = std::get_if<std::string>(&given.value);
    if (text == nullptr) return unexpected("a path", given);
    value = *text;
    return {};
  };
}

void bind(Field& field, Secret& value) {
  field.expects = "a secret text, or file:PATH to read it from a file";
  field.secret = true;
  field.assign = [&value](const Given& given) -> Wrong {
    const auto* text = std::get_if<std::string>(&given.value);
    if (text == nullptr) return "expected a secret text, or file:PATH, got a list";
    std::string read = *text;
    if (text->starts_with("file:")) {
      if (auto wrong = read_secret(text->substr(5), read)) return wrong;
    }
    value = Secret(std::move(read));
    return {};
  };
}

void bind(Field& field, std::vector<std::string>& value) {
  field.expects = "a list of texts";
  for (const std::string& item : value) field.initial += (field.initial.empty() ? "" : ", ") + item;
  field.initial = "[" + field.initial + "]";
  field.assign = [&value](const Given& given) -> Wrong { return read_list(given, value); };
}

void bind(Field& field, std::vector<std::int64_t>& value) {
  field.expects = "a list of whole numbers above 0";
  for (const auto item : value) {
    field.initial += (field.initial.empty() ? "" : ", ") + std::to_string(item);
  }
  field.initial = "[" + field.initial + "]";
  field.assign = [&value, expects = field.expects](const Given& given) -> Wrong {
    std::vector<std::string> items;
    if (auto wrong = read_list(given, items)) return wrong;
    std::vector<std::int64_t> numbers;
    numbers.reserve(items.size());
    for (const auto& item : items) {
      const auto* end = item.data() + item.size();
      const auto [rest, error] = std::from_chars(item.data(), end, numbers.emplace_back());
      if (error != std::errc{} || rest != end || numbers.back() < 1) {
        return "expected " + expects + ", got \"" + item + "\" in it";
      }
    }
    value = std::move(numbers);
    return {};
  };
}

}  // namespace depthwire::config
