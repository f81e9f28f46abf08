#include "simulator/server/reference_data.hpp"

#include <algorithm>
#include <deque>
#include <map>

namespace depthwire::simulator {

std::vector<std::string> symbol_names(const Board& board) {
  std::vector<std::string> names;
  names.reserve(board.size());
  for (std::size_t i = 0; i < board.size(); ++i) names.push_back(board.at(i).info().name);
  return names;
}

std::pair<std::string, std::string> pair_of(std::string_view symbol) {
  const std::string_view name = symbol.substr(0, symbol.find('.'));
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (name.size() != 6 || !std::ranges::all_of(name, is_capital)) {
    return {std::string(name), "USD"};
  }
  return {std::string(name.substr(0, 3)), std::string(name.substr(3))};
}

std::vector<Asset> assets_of(std::span<const std::string> symbols) {
  std::vector<Asset> assets{{1, "USD"}};
  const auto add = [&assets](const std::string& name) {
    if (std::ranges::find(assets, name, &Asset::name) != assets.end()) return;
    assets.push_back({static_cast<std::int64_t>(assets.size()) + 1, name});
  };
  for (const std::string& symbol : symbols) {
    const auto [base, quote] = pair_of(symbol);
    add(base);
    add(quote);
  }
  return assets;
}

std::optional<std::vector<std::size_t>> conversion_chain(std::span<const std::string> symbols,
                                                         std::string_view from,
                                                         std::string_view to) {
  // Breadth first; of each asset that was reached, the chain that led to it.
  std::map<std::string, std::vector<std::size_t>, std::less<>> chains{{std::string(from), {}}};
  std::deque<std::string> next{std::string(from)};
  while (!next.empty() && !chains.contains(to)) {
    const auto asset = next.front();
    next.pop_front();
    for (std::size_t i = 0; i < symbols.size(); ++i) {
      const auto [base, quote] = pair_of(symbols[i]);
      if (base != asset && quote != asset) continue;
      const auto& other = base == asset ? quote : base;
      if (chains.contains(other)) continue;
      auto chain = chains.at(asset);
      chain.push_back(i);
      chains.emplace(other, std::move(chain));
      next.push_back(other);
    }
  }
  const auto found = chains.find(to);
  if (found == chains.end()) return std::nullopt;
  return found->second;
}

std::optional<double> conversion_rate(const Board& board, std::string_view from,
                                      std::string_view to, market::Side side) {
  const auto names = symbol_names(board);
  const auto chain = conversion_chain(names, from, to);
  if (!chain) return std::nullopt;
  double rate = 1;
  std::string asset(from);
  for (const auto i : *chain) {
    const market::Spot& last = board.at(i).last();
    const auto price = side == market::Side::ask ? last.ask : last.bid;
    if (!price || price->points <= 0) return std::nullopt;
    const double quoted = static_cast<double>(price->points) / 1e5;
    const auto [base, quote] = pair_of(names[i]);
    rate = asset == base ? rate * quoted : rate / quoted;
    asset = asset == base ? quote : base;
  }
  return rate;
}

}  // namespace depthwire::simulator
