#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace depthwire::config {

/// Which market a process works on. No process holds two environments' credentials.
enum class Environment : std::uint8_t { sim, demo, live };

[[nodiscard]] constexpr std::string_view to_string(Environment environment) {
  switch (environment) {
    case Environment::sim: return "sim";
    case Environment::demo: return "demo";
    case Environment::live: return "live";
  }
  return "sim";
}

[[nodiscard]] constexpr std::optional<Environment> parse_environment(std::string_view text) {
  for (const auto environment : {Environment::sim, Environment::demo, Environment::live}) {
    if (text == to_string(environment)) return environment;
  }
  return std::nullopt;
}

}  // namespace depthwire::config
