#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::simulator {

struct Asset {
  std::int64_t id = 0;
  std::string name;
};

/// Base and quote asset of a symbol: EURUSD and EURUSD.fxcm are EUR and USD; what is not six
/// capital letters before the first dot is itself against USD.
[[nodiscard]] std::pair<std::string, std::string> pair_of(std::string_view symbol);

/// USD and every asset of `symbols`, each once, in the order they come.
[[nodiscard]] std::vector<Asset> assets_of(std::span<const std::string> symbols);

}  // namespace depthwire::simulator
