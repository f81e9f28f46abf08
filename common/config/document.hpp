#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::config {

/// Where something stands in a file; both from 1.
struct Mark {
  int line = 1;
  int column = 1;
};

/// A YAML value with the places of all its parts.
struct Value {
  enum class Kind { nothing, scalar, list, map };
  struct Member;

  Kind kind = Kind::nothing;
  Mark mark;
  std::string scalar;
  std::vector<Value> items;
  std::vector<Member> members;  ///< in the file's order; a key may be there twice
};
struct Value::Member {
  std::string key;
  Mark mark;
  Value value;
};

struct SyntaxError {
  Mark mark;
  std::string text;
};

/// Reads one YAML document.
[[nodiscard]] tl::expected<Value, SyntaxError> parse_yaml(std::string_view text);

}  // namespace depthwire::config
