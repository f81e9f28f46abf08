#include "simulator/server/reference_data.hpp"

#include <algorithm>

namespace depthwire::simulator {

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

}  // namespace depthwire::simulator
