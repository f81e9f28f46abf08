#pragma once

#include "proto/ctrader/model.pb.h"
#include "services/streaming/core/trading_hours.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace depthwire::streaming {

/// When symbols are traded, as the broker's symbol data tells it. Reads the rules of time zones
/// from the system's tz database, each once.
class SymbolHours {
 public:
  explicit SymbolHours(std::filesystem::path zones = "/usr/share/zoneinfo")
      : directory_{std::move(zones)} {}

  /// Never open where the broker gives no schedule, a zone that nobody knows, or no trading at all;
  /// an unknown zone is logged once.
  [[nodiscard]] TradingHours of(const ctrader::ProtoOASymbol& symbol);

 private:
  [[nodiscard]] std::optional<TimeZone> zone(const std::string& name);

  std::filesystem::path directory_;
  std::map<std::string, std::optional<TimeZone>> zones_;  // by name
};

}  // namespace depthwire::streaming
