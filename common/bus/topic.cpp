#include "common/bus/topic.hpp"

namespace depthwire::bus {

std::string topic(std::string_view environment, std::string_view kind, std::string_view symbol) {
  std::string text(environment);
  text += '.';
  text += kind;
  text += '.';
  text += symbol.empty() ? std::string_view("-") : symbol;
  text += '|';
  return text;
}

std::string control_topic(std::string_view source) { return std::string(source) + "._control|"; }

std::optional<TopicParts> parse_topic(std::string_view topic) {
  if (topic.empty() || topic.back() != '|') return std::nullopt;
  topic.remove_suffix(1);
  const auto first = topic.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = topic.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  TopicParts parts{topic.substr(0, first), topic.substr(first + 1, second - first - 1),
                   topic.substr(second + 1)};
  if (parts.environment.empty() || parts.kind.empty() || parts.symbol.empty()) return std::nullopt;
  if (parts.symbol == "-") parts.symbol = {};
  return parts;
}

}  // namespace depthwire::bus
