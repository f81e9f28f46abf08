#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace depthwire::market {

/// What a provider of market data can give.
enum class Capability : std::uint8_t {
  quotes,     ///< best bid and ask as they change
  bars,       ///< live bars
  ticks,      ///< every change of a price, not samples of it
  volumes,    ///< traded sizes
  dom,        ///< depth of market
  sentiment,  ///< positions of traders
  news,
  calendar,
  websocket,  ///< can be had over WebSocket
  historical_bars,
  historical_ticks,
};

struct CapabilityName {
  Capability capability;
  std::string_view name;
};
inline constexpr std::array<CapabilityName, 11> capability_names{{
    {Capability::quotes, "QUOTES"},
    {Capability::bars, "BARS"},
    {Capability::ticks, "TICKS"},
    {Capability::volumes, "VOLUMES"},
    {Capability::dom, "DOM"},
    {Capability::sentiment, "SENTIMENT"},
    {Capability::news, "NEWS"},
    {Capability::calendar, "CALENDAR"},
    {Capability::websocket, "WEBSOCKET"},
    {Capability::historical_bars, "HISTORICAL_BARS"},
    {Capability::historical_ticks, "HISTORICAL_TICKS"},
}};

[[nodiscard]] constexpr std::string_view to_string(Capability capability) {
  for (const auto& known : capability_names) {
    if (known.capability == capability) return known.name;
  }
  return "unknown";
}

/// A source of market data by its name in envelopes, and what it can give.
struct Provider {
  std::string_view name;
  std::span<const Capability> capabilities;

  [[nodiscard]] constexpr bool can(Capability capability) const {
    for (const Capability one : capabilities) {
      if (one == capability) return true;
    }
    return false;
  }
};

/// Traded sizes and positions of traders are not in the cTrader Open API: its bars count ticks.
inline constexpr std::array ctrader_capabilities{
    Capability::quotes,          Capability::bars,
    Capability::ticks,           Capability::dom,
    Capability::websocket,       Capability::historical_bars,
    Capability::historical_ticks};

inline constexpr std::array<Provider, 1> providers{{{"ctrader", ctrader_capabilities}}};

/// Nothing for a name that is none of `providers`.
[[nodiscard]] constexpr std::optional<Provider> find_provider(std::string_view name) {
  for (const auto& provider : providers) {
    if (provider.name == name) return provider;
  }
  return std::nullopt;
}

}  // namespace depthwire::market
