#pragma once

#include "proto/bus/market.pb.h"
#include "proto/ctrader/messages.pb.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::ctrader {

/// The symbols of one account: names, ids, and what the broker says of each. Ids hold for one
/// broker and environment only.
class Catalogue {
 public:
  void set_assets(const ProtoOAAssetListRes& assets);
  void set_symbols(const ProtoOASymbolsListRes& symbols);

  [[nodiscard]] std::optional<std::int64_t> id(std::string_view name) const;
  /// The names of all symbols that may be traded, in alphabetical order.
  [[nodiscard]] std::vector<std::string> enabled_names() const;
  /// Names that no topic can carry; such symbols are passed over.
  [[nodiscard]] const std::vector<std::string>& unusable() const { return unusable_; }
  [[nodiscard]] bool empty() const { return symbols_.empty(); }
  /// `details` with what the lists say: name, assets, description.
  [[nodiscard]] bus::SymbolInfo info(const ProtoOASymbol& details) const;

 private:
  std::map<std::int64_t, std::string> assets_;          // names by id
  std::map<std::int64_t, ProtoOALightSymbol> symbols_;  // by id
  std::map<std::string, std::int64_t, std::less<>> ids_;
  std::vector<std::string> unusable_;
};

}  // namespace depthwire::ctrader
