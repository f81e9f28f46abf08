#include "services/persister/core/tables.hpp"

#include <algorithm>

namespace depthwire::persister {

namespace {

// The columns that every row begins with (RowWriter::head), and those of a derived row
// (RowWriter::cause).
#define DEPTHWIRE_HEAD(provider)                               \
  "source, epoch, record_offset, time, environment, " provider \
  ", symbol, receive_time, "                                   \
  "event_time"
#define DEPTHWIRE_CAUSE ", cause_source, cause_epoch, cause_offset"
#define DEPTHWIRE_INPUTS ", input_source, input_epoch, input_from_offset, input_to_offset"

constexpr TableInfo describe(Table table, std::string_view name, std::string_view columns,
                             bool partitioned = true) {
  const auto commas = std::count(columns.begin(), columns.end(), ',');
  return {table, name, columns, static_cast<std::int16_t>(commas + 1), partitioned};
}

constexpr std::array<TableInfo, table_count> all = {
    describe(Table::ticks, "ticks", DEPTHWIRE_HEAD("provider") ", side, price, synthetic"),
    describe(Table::market_depth, "market_depth",
             DEPTHWIRE_HEAD("provider") DEPTHWIRE_CAUSE
             ", bids, asks, mid_price, spread, imbalance, weighted_mid, bid_depth, ask_depth"),
    describe(Table::market_data_candles, "market_data_candles",
             DEPTHWIRE_HEAD("provider_source") DEPTHWIRE_CAUSE
             ", period, origin, open, high, low, close, ask_open, ask_high, ask_low, ask_close, "
             "tick_volume, real_volume, synthetic"),
    describe(Table::order_flow_signals, "order_flow_signals",
             DEPTHWIRE_HEAD("provider") DEPTHWIRE_CAUSE
             ", signal, signal_time, value, z, direction, strength, confidence, basis, quality, "
             "n, window_ns, params_hash, state" DEPTHWIRE_INPUTS),
    describe(Table::sentiment_data, "sentiment_data",
             DEPTHWIRE_HEAD("provider") DEPTHWIRE_CAUSE
             ", value, long_pct, short_pct, total_traders, label, confidence, quality, window_ns, "
             "params_hash" DEPTHWIRE_INPUTS),
    describe(Table::alerts, "alerts",
             DEPTHWIRE_HEAD("provider") DEPTHWIRE_CAUSE ", rule, message, value" DEPTHWIRE_INPUTS),
    describe(Table::data_quality, "data_quality",
             DEPTHWIRE_HEAD("provider") ", check_name, detail, value"),
    describe(Table::news_events, "news_events",
             DEPTHWIRE_HEAD("provider") ", title, content, currency, impact, category"),
    describe(Table::economic_calendar, "economic_calendar",
             DEPTHWIRE_HEAD("provider") ", event, currency, impact, actual, forecast, previous"),
    describe(Table::connection_log, "connection_log",
             DEPTHWIRE_HEAD("provider") ", state, reason, connection, endpoint, account_id"),
    describe(Table::loss, "loss",
             "source, epoch, record_offset, time, environment, symbol, kind, lost_source, "
             "from_epoch, from_offset, to_epoch, to_offset, from_time, to_time, cause",
             false),
    describe(Table::dead_letter, "dead_letter",
             "source, epoch, record_offset, time, environment, symbol, topic, payload_type, "
             "reason, failed_source, failed_epoch, failed_offset, frame",
             false),
};

#undef DEPTHWIRE_HEAD
#undef DEPTHWIRE_CAUSE
#undef DEPTHWIRE_INPUTS

}  // namespace

const std::array<TableInfo, table_count>& tables() { return all; }

const TableInfo& info(Table table) { return all.at(static_cast<std::size_t>(table)); }

}  // namespace depthwire::persister
