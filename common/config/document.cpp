#include "common/config/document.hpp"

#include <yaml-cpp/yaml.h>

namespace depthwire::config {
namespace {

// Aliases may let a short text stand for a value without end, or for one that fills the memory.
constexpr int deepest = 16;
constexpr int most_values = 100'000;

Mark mark_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

Value convert(const YAML::Node& node, int depth, int& count) {
  if (depth > deepest) throw YAML::Exception(node.Mark(), "nested deeper than 16 levels");
  if (++count > most_values) throw YAML::Exception(node.Mark(), "more than 100000 values");
  Value value;
  value.mark = mark_of(node.Mark());
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null: value.kind = Value::Kind::nothing; break;
    case YAML::NodeType::Scalar:
      value.kind = Value::Kind::scalar;
      value.scalar = node.Scalar();
      break;
    case YAML::NodeType::Sequence:
      value.kind = Value::Kind::list;
      for (const auto& item : node) value.items.push_back(convert(item, depth + 1, count));
      break;
    case YAML::NodeType::Map:
      value.kind = Value::Kind::map;
      for (const auto& member : node) {
        value.members.push_back({member.first.Scalar(), mark_of(member.first.Mark()),
                                 convert(member.second, depth + 1, count)});
      }
      break;
  }
  return value;
}

}  // namespace

tl::expected<Value, SyntaxError> parse_yaml(std::string_view text) {
  try {
    int count = 0;
    return convert(YAML::Load(std::string(text)), 0, count);
  } catch (const YAML::Exception& error) {
    return tl::unexpected(SyntaxError{mark_of(error.mark), error.msg});
  }
}

}  // namespace depthwire::config
