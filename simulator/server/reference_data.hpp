#pragma once

#include "simulator/market/board.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
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

/// The names of all symbols, by index.
[[nodiscard]] std::vector<std::string> symbol_names(const Board& board);

/// Base and quote asset of a symbol: EURUSD and EURUSD.fxcm are EUR and USD; what is not six
/// capital letters before the first dot is itself against USD.
[[nodiscard]] std::pair<std::string, std::string> pair_of(std::string_view symbol);

/// USD and every asset of `symbols`, each once, in the order they come.
[[nodiscard]] std::vector<Asset> assets_of(std::span<const std::string> symbols);

/// The indices of the symbols that lead from one asset to another, the fewest there are, none for
/// an asset to itself. Nothing if no symbols do.
[[nodiscard]] std::optional<std::vector<std::size_t>> conversion_chain(
    std::span<const std::string> symbols, std::string_view from, std::string_view to);

/// What one of asset `from` costs in asset `to` at the last asks (`side` ask) or bids, along such a
/// chain; nothing if there is none, or a price of it is unknown.
[[nodiscard]] std::optional<double> conversion_rate(const Board& board, std::string_view from,
                                                    std::string_view to, market::Side side);

}  // namespace depthwire::simulator
