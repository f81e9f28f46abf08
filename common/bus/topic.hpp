#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace depthwire::bus {

/// `<environment>.<kind>.<symbol>|`; `-` stands for no symbol.
[[nodiscard]] std::string topic(std::string_view environment, std::string_view kind,
                                std::string_view symbol);

/// `<source>._control|`: everybody subscribes to it.
[[nodiscard]] std::string control_topic(std::string_view source);

struct TopicParts {
  std::string_view environment;
  std::string_view kind;
  std::string_view symbol;
};

/// The parts of a topic; nothing when it does not have the form. A symbol may hold dots.
[[nodiscard]] std::optional<TopicParts> parse_topic(std::string_view topic);

}  // namespace depthwire::bus
