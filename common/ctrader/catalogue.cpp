#include "common/ctrader/catalogue.hpp"

#include <algorithm>

namespace depthwire::ctrader {
namespace {

// A name becomes part of topics: they end at '|', are limited in length and are read by people.
bool is_usable(std::string_view name) {
  constexpr std::size_t longest = 100;
  return !name.empty() && name.size() <= longest &&
         std::none_of(name.begin(), name.end(), [](char c) {
           return c == '|' || static_cast<unsigned char>(c) < ' ' || c == '\x7f';
         });
}

}  // namespace

void Catalogue::set_assets(const ProtoOAAssetListRes& assets) {
  assets_.clear();
  for (const auto& asset : assets.asset()) assets_.emplace(asset.assetid(), asset.name());
}

void Catalogue::set_symbols(const ProtoOASymbolsListRes& symbols) {
  symbols_.clear();
  ids_.clear();
  unusable_.clear();
  for (const auto& symbol : symbols.symbol()) {
    if (!is_usable(symbol.symbolname())) {
      unusable_.push_back(symbol.symbolname());
      continue;
    }
    symbols_.emplace(symbol.symbolid(), symbol);
    ids_.emplace(symbol.symbolname(), symbol.symbolid());
  }
}

std::optional<std::int64_t> Catalogue::id(std::string_view name) const {
  const auto found = ids_.find(name);
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> Catalogue::enabled_names() const {
  std::vector<std::string> names;
  for (const auto& [name, id] : ids_) {
    if (symbols_.at(id).enabled()) names.push_back(name);
  }
  return names;
}

bus::SymbolInfo Catalogue::info(const ProtoOASymbol& details) const {
  bus::SymbolInfo info;
  info.set_symbol_id(details.symbolid());
  info.set_digits(static_cast<std::uint32_t>(details.digits()));
  info.set_pip_position(details.pipposition());
  info.set_lot_size_cents(details.lotsize());
  info.set_min_volume_cents(details.minvolume());
  info.set_max_volume_cents(details.maxvolume());
  info.set_step_volume_cents(details.stepvolume());
  info.set_schedule_time_zone(details.scheduletimezone());
  for (const auto& interval : details.schedule()) {
    auto* added = info.add_schedule();
    added->set_start_second(interval.startsecond());
    added->set_end_second(interval.endsecond());
  }
  const auto found = symbols_.find(details.symbolid());
  if (found == symbols_.end()) return info;
  const auto& symbol = found->second;
  info.set_name(symbol.symbolname());
  info.set_description(symbol.description());
  info.set_enabled(symbol.enabled());
  const auto asset = [this](std::int64_t id) {
    const auto name = assets_.find(id);
    return name == assets_.end() ? std::string() : name->second;
  };
  info.set_base_asset(asset(symbol.baseassetid()));
  info.set_quote_asset(asset(symbol.quoteassetid()));
  return info;
}

}  // namespace depthwire::ctrader
