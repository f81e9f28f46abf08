#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace depthwire::persister {

/// The tables that are filled by COPY.
enum class Table : std::uint8_t {
  ticks,
  market_depth,
  market_data_candles,
  order_flow_signals,
  sentiment_data,
  alerts,
  data_quality,
  news_events,
  economic_calendar,
  connection_log,
  loss,
  dead_letter,
};
inline constexpr std::size_t table_count = 12;

/// A table as COPY names it.
struct TableInfo {
  Table table;
  std::string_view name;
  std::string_view columns;  ///< in the order in which rows are written
  std::int16_t fields = 0;   ///< how many columns
  bool partitioned = true;   ///< by time
};

/// All of them, in the order of the enum.
[[nodiscard]] const std::array<TableInfo, table_count>& tables();
[[nodiscard]] const TableInfo& info(Table table);

}  // namespace depthwire::persister
