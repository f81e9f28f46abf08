#include "services/streaming/actors/symbol_hours.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace depthwire::streaming {
namespace {

/// Names come from the broker and become paths.
bool is_zone_name(std::string_view name) {
  return !name.empty() && name.front() != '/' && name.find("..") == std::string_view::npos &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '/' || c == '_' || c == '-' || c == '+';
         });
}

/// The last line of a TZif file is the rule that holds from its last change on (RFC 8536, 3.3).
std::optional<TimeZone> read_zone(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!bytes.starts_with("TZif") || bytes.back() != '\n') return std::nullopt;
  const auto line = std::string_view(bytes).substr(0, bytes.size() - 1);
  return TimeZone::parse(line.substr(line.rfind('\n') + 1));
}

}  // namespace

std::optional<TimeZone> SymbolHours::zone(const std::string& name) {
  // As some brokers say it, and the simulator: known without a database.
  if (name == "UTC" || name == "GMT") return TimeZone();
  const auto [found, is_new] = zones_.try_emplace(name);
  if (!is_new) return found->second;
  const bool usable = is_zone_name(name);
  if (usable) found->second = read_zone(directory_ / name);
  if (!found->second) {
    spdlog::warn("streaming: {} has no time zone {}: silence of its symbols is not told",
                 directory_.string(), usable ? name : "of such a name");
  }
  return found->second;
}

TradingHours SymbolHours::of(const ctrader::ProtoOASymbol& symbol) {
  const auto mode = symbol.tradingmode();
  if (symbol.schedule().empty() || mode == ctrader::DISABLED_WITH_PENDINGS_EXECUTION ||
      mode == ctrader::DISABLED_WITHOUT_PENDINGS_EXECUTION) {
    return {};
  }
  const auto local = zone(symbol.scheduletimezone());
  if (!local) return {};
  std::vector<TradingHours::Interval> week;
  week.reserve(static_cast<std::size_t>(symbol.schedule_size()));
  for (const auto& interval : symbol.schedule()) {
    week.push_back({interval.startsecond(), interval.endsecond()});
  }
  std::vector<TradingHours::Holiday> holidays;
  holidays.reserve(static_cast<std::size_t>(symbol.holiday_size()));
  for (const auto& holiday : symbol.holiday()) {
    TradingHours::Holiday closed;
    closed.zone = zone(holiday.scheduletimezone()).value_or(*local);
    closed.day = holiday.holidaydate();
    closed.every_year = holiday.isrecurring();
    if (holiday.endsecond() > holiday.startsecond()) {  // else the whole day
      closed.start_s = holiday.startsecond();
      closed.end_s = holiday.endsecond();
    }
    holidays.push_back(closed);
  }
  return {*local, std::move(week), std::move(holidays)};
}

}  // namespace depthwire::streaming
