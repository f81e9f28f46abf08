#include "services/persister/core/statements.hpp"

#include "common/postgres/copy_buffer.hpp"

#include <array>
#include <chrono>
#include <cstdio>

namespace depthwire::persister {

namespace {

constexpr const char* upsert_symbol_sql = R"(
INSERT INTO symbols (source, epoch, record_offset, time, environment, provider, symbol, symbol_id,
                     digits, pip_position, lot_size_cents, min_volume_cents, max_volume_cents,
                     step_volume_cents, base_asset, quote_asset, description, enabled,
                     schedule_time_zone, schedule)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
ON CONFLICT (environment, provider, symbol) DO UPDATE SET
  source = excluded.source, epoch = excluded.epoch, record_offset = excluded.record_offset,
  time = excluded.time, symbol_id = excluded.symbol_id, digits = excluded.digits,
  pip_position = excluded.pip_position, lot_size_cents = excluded.lot_size_cents,
  min_volume_cents = excluded.min_volume_cents, max_volume_cents = excluded.max_volume_cents,
  step_volume_cents = excluded.step_volume_cents, base_asset = excluded.base_asset,
  quote_asset = excluded.quote_asset, description = excluded.description,
  enabled = excluded.enabled, schedule_time_zone = excluded.schedule_time_zone,
  schedule = excluded.schedule, stored_at = excluded.stored_at
WHERE (excluded.time, excluded.source, excluded.epoch, excluded.record_offset) >
      (symbols.time, symbols.source, symbols.epoch, symbols.record_offset))";

constexpr const char* open_outage_sql = R"(
INSERT INTO outage (source, epoch, record_offset, time, environment, symbol, started_at, reason)
VALUES ($1, $2, $3, $4, $5, $6, $4, $7))";

constexpr const char* close_outage_sql = R"(
WITH closed AS (
  UPDATE outage SET ended_at = $4, end_epoch = $2, end_offset = $3
  WHERE source = $1 AND ended_at IS NULL RETURNING 1)
INSERT INTO outage (source, epoch, record_offset, time, environment, symbol, started_at, ended_at,
                    end_epoch, end_offset, reason)
SELECT $1, $2::bigint, $3::bigint, $7::timestamptz, $5, $6, $7::timestamptz, $4::timestamptz,
       $2::bigint, $3::bigint, 'known only from its end'
WHERE $7::timestamptz IS NOT NULL AND NOT EXISTS (SELECT FROM closed))";

// "{{0,3600},{7200,9000}}"
std::string schedule_text(const bus::SymbolInfo& symbol) {
  std::string out = "{";
  for (const auto& interval : symbol.schedule()) {
    if (out.size() > 1) out += ',';
    out += '{' + std::to_string(interval.start_second()) + ',' +
           std::to_string(interval.end_second()) + '}';
  }
  return out + '}';
}

StatementOrError checked(Statement statement) {
  for (const auto& parameter : statement.parameters) {
    if (parameter && !postgres::storable(*parameter)) return tl::unexpected(RowError::bad_text);
  }
  return statement;
}

// source, epoch, record_offset, time, environment, then what `more` lists.
StatementOrError with_key(const char* sql, const RowHead& head, std::int64_t time_ns,
                          std::vector<postgres::Parameter> more) {
  Statement statement{sql,
                      {std::string(head.source), std::to_string(head.position.epoch),
                       std::to_string(head.position.offset), timestamp_text(time_ns),
                       std::string(head.environment)}};
  for (auto& parameter : more) statement.parameters.push_back(std::move(parameter));
  return checked(std::move(statement));
}

}  // namespace

StatementOrError upsert_symbol(const RowHead& head, const bus::SymbolInfo& symbol) {
  return with_key(
      upsert_symbol_sql, head, head.receive_time_ns,
      {std::string(head.provider), head.symbol.empty() ? symbol.name() : std::string(head.symbol),
       std::to_string(symbol.symbol_id()), std::to_string(symbol.digits()),
       std::to_string(symbol.pip_position()), std::to_string(symbol.lot_size_cents()),
       std::to_string(symbol.min_volume_cents()), std::to_string(symbol.max_volume_cents()),
       std::to_string(symbol.step_volume_cents()), symbol.base_asset(), symbol.quote_asset(),
       symbol.description(), symbol.enabled() ? "t" : "f", symbol.schedule_time_zone(),
       schedule_text(symbol)});
}

StatementOrError open_outage(const RowHead& head, const bus::SourceDown& down) {
  const std::int64_t time = down.time_ns() != 0 ? down.time_ns() : head.receive_time_ns;
  return with_key(open_outage_sql, head, time, {std::string(head.symbol), down.reason()});
}

StatementOrError close_outage(const RowHead& head, const bus::SourceUp& up) {
  const std::int64_t time = up.time_ns() != 0 ? up.time_ns() : head.receive_time_ns;
  postgres::Parameter since;
  if (up.down_since_ns() != 0) since = timestamp_text(up.down_since_ns());
  return with_key(close_outage_sql, head, time, {std::string(head.symbol), since});
}

std::string timestamp_text(std::int64_t unix_ns) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::nanoseconds> time{std::chrono::nanoseconds(unix_ns)};
  const auto day = floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(floor<std::chrono::microseconds>(time - day));
  std::array<char, 40> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02u %02d:%02d:%02d.%06d+00",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace depthwire::persister
