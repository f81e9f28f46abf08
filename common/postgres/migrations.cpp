#include "common/postgres/migrations.hpp"

#include "common/service/exit_error.hpp"

#include <cassert>

namespace depthwire::postgres {

namespace {

// An arbitrary number that only migrations lock ("DWMI").
constexpr std::string_view lock_number = "1146572105";

/// Holds the lock of the session, or waits for it.
class MigrationLock {
 public:
  explicit MigrationLock(Connection& connection) : connection_(connection) {
    connection_.execute("SELECT pg_advisory_lock(" + std::string(lock_number) + ")");
  }
  ~MigrationLock() {
    if (!connection_.usable()) return;
    try {
      connection_.execute("SELECT pg_advisory_unlock(" + std::string(lock_number) + ")");
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): the lock ends with the session
    }
  }
  MigrationLock(const MigrationLock&) = delete;
  MigrationLock& operator=(const MigrationLock&) = delete;

 private:
  Connection& connection_;
};

}  // namespace

int schema_version(Connection& connection) {
  const Result table = connection.execute("SELECT to_regclass('public.schema_migration')::text");
  if (table.is_null(0, 0)) return 0;
  return static_cast<int>(
      connection.execute("SELECT coalesce(max(version), 0) FROM public.schema_migration")
          .number(0, 0));
}

void refuse_newer_schema(int version, int newest_known) {
  if (version <= newest_known) return;
  throw service::ExitError(service::exit_code::config,
                           "the database has schema version " + std::to_string(version) +
                               ", this program knows up to " + std::to_string(newest_known) +
                               ": a newer release has migrated it. Run that release, or restore "
                               "the backup made before.");
}

int migrate(Connection& connection, std::span<const Migration> migrations) {
  const MigrationLock lock(connection);
  const int before = schema_version(connection);
  refuse_newer_schema(before, static_cast<int>(migrations.size()));
  if (before == 0) {
    connection.execute(
        "CREATE TABLE IF NOT EXISTS public.schema_migration (version integer PRIMARY KEY, "
        "name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())");
  }
  int done = 0;
  for (const Migration& migration : migrations) {
    assert(&migration - migrations.data() + 1 == migration.version);
    if (migration.version <= before) continue;
    Transaction transaction(connection);
    connection.execute(std::string(migration.sql));
    connection.execute("INSERT INTO public.schema_migration (version, name) VALUES ($1, $2)",
                       {std::to_string(migration.version), std::string(migration.name)});
    transaction.commit();
    ++done;
  }
  return done;
}

}  // namespace depthwire::postgres
