#include "services/persister/actors/store.hpp"

#include "services/persister/sql/schema.hpp"

#include <spdlog/spdlog.h>

namespace depthwire::persister {

namespace {

// An arbitrary number that only persisters lock ("DWPE").
constexpr const char* lock_sql = "SELECT pg_try_advisory_lock(1146572869)";

constexpr const char* ensure_sql =
    "SELECT extract(epoch FROM begins)::bigint / 86400, extract(epoch FROM ends)::bigint / 86400 "
    "FROM ensure_partition($1, $2, true)";

constexpr std::int64_t day_ns = 86'400LL * 1'000'000'000LL;

}  // namespace

Store::Store(const postgres::Settings& settings, Status& status)
    : connection_(settings), status_(status) {
  const int version = postgres::schema_version(connection_);
  const int known = static_cast<int>(schema().size());
  postgres::refuse_newer_schema(version, known);
  if (version < known) {
    throw postgres::Error("the database has schema version " + std::to_string(version) +
                              ", this program needs " + std::to_string(known) +
                              ": run `depthwire db migrate`",
                          "");
  }
}

bool Store::try_lock() { return connection_.execute(lock_sql).text(0, 0) == "t"; }

postgres::Checkpoints Store::checkpoints() { return postgres::load_checkpoints(connection_); }

void Store::ensure_partitions(Table table, std::span<const std::int32_t> days) {
  auto& known = partitions_.at(static_cast<std::size_t>(table));
  for (const std::int32_t day : days) {
    const auto after = known.upper_bound(day);
    if (after != known.begin() && std::prev(after)->second > day) continue;
    // In a transaction of its own: an empty partition too many does no harm.
    const auto made = connection_.execute(
        ensure_sql, {std::string(info(table).name), timestamp_text(day * day_ns)});
    known[static_cast<std::int32_t>(made.number(0, 0))] =
        static_cast<std::int32_t>(made.number(0, 1));
  }
}

void Store::store(Rows& rows) {
  const auto start = std::chrono::steady_clock::now();
  for (const TableInfo& table : tables()) {
    if (table.partitioned) ensure_partitions(table.table, rows.days(table.table));
  }
  postgres::Transaction transaction(connection_);
  for (const TableInfo& table : tables()) {
    if (rows.rows(table.table) == 0) continue;
    connection_.copy_in(table.name, table.columns, rows.stream(table.table));
  }
  for (const Statement& statement : rows.statements()) {
    connection_.execute(statement.sql, statement.parameters);
  }
  move_checkpoints(rows.checkpoints());
  transaction.commit();
  status_.stored(rows, std::chrono::steady_clock::now() - start);
}

void Store::move_checkpoints(const postgres::Checkpoints& checkpoints) {
  for (const auto& [source, position] : checkpoints) {
    postgres::store_checkpoint(connection_, std::string(environment_of(source)), source, position);
  }
}

void Store::tend_partitions(const Retention& retention) {
  connection_.execute("SELECT make_partitions_ahead()");
  for (const auto& [table, days] : retention) {
    const auto dropped = connection_.execute(
        "SELECT drop_expired_partitions($1, make_interval(days => $2::integer))",
        {table, std::to_string(days)});
    if (dropped.number(0, 0) == 0) continue;
    status_.partitions_dropped.add(static_cast<std::uint64_t>(dropped.number(0, 0)));
    spdlog::info("{}: {} partitions dropped, their retention of {} days is over", table,
                 dropped.number(0, 0), days);
  }
  // Asking for each again also notes that rows still arrive in it.
  for (auto& known : partitions_) known.clear();
}

}  // namespace depthwire::persister
