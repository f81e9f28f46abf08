#include "simulator/texts.hpp"

#include <algorithm>
#include <charconv>

namespace depthwire::simulator {
namespace {

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::pair<std::string, std::uint16_t>> parse_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  if (!port) return std::nullopt;
  return std::pair(std::string(text.substr(0, colon)), *port);
}

std::optional<std::pair<std::string, std::uint16_t>> json_address(std::string_view protobuf,
                                                                  std::string_view json) {
  if (!json.empty()) return parse_address(json);
  auto address = parse_address(protobuf);
  if (!address || address->second == 0) return address;
  if (++address->second == 0) return std::nullopt;  // there is none after the last
  return address;
}

std::optional<double> parse_speed(std::string_view text) {
  if (text == "max") return 0;
  const auto factor = parse_number<double>(text);
  if (!factor || !(*factor > 0) || *factor > 1e6) return std::nullopt;
  return factor;
}

std::optional<Symbols> parse_symbols(std::string_view text) {
  if (const auto count = parse_number<std::size_t>(text)) {
    if (*count < 1 || *count > 1000) return std::nullopt;
    return Symbols{.count = *count};
  }
  Symbols symbols;
  while (true) {
    const auto comma = std::min(text.find(','), text.size());
    std::string name(text.substr(0, comma));
    std::erase(name, ' ');
    if (name.empty() || std::ranges::find(symbols.names, name) != symbols.names.end()) {
      return std::nullopt;
    }
    symbols.names.push_back(std::move(name));
    if (comma == text.size()) return symbols;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace depthwire::simulator
