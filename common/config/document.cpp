#include "common/config/document.hpp"

#include <yaml-cpp/yaml.h>

namespace depthwire::config {
namespace {

Mark mark_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

Value convert(const YAML::Node& node) {
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
      for (const auto& item : node) value.items.push_back(convert(item));
      break;
    case YAML::NodeType::Map:
      value.kind = Value::Kind::map;
      for (const auto& member : node) {
        value.members.push_back(
            {member.first.Scalar(), mark_of(member.first.Mark()), convert(member.second)});
      }
      break;
  }
  return value;
}

}  // namespace

tl::expected<Value, SyntaxError> parse_yaml(std::string_view text) {
  try {
    return convert(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& error) {
    return tl::unexpected(SyntaxError{mark_of(error.mark), error.msg});
  }
}

}  // namespace depthwire::config
