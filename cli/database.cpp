#include "cli/cluster.hpp"
#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/place.hpp"
#include "cli/settings.hpp"
#include "common/postgres/migrations.hpp"
#include "services/persister/sql/schema.hpp"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace depthwire::cli {
namespace {

using nlohmann::json;

/// The time column that tells a table's newest row; "" when it has none.
std::string time_column(postgres::Connection& connection, const std::string& table) {
  for (std::string column : {"time", "stored_at", "applied_at"}) {
    const auto found = connection.execute(
        "SELECT FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1 "
        "AND column_name = $2 AND data_type LIKE 'timestamp%'",
        {table, column});
    if (found.rows() > 0) return column;
  }
  return "";
}

json tables(postgres::Connection& connection) {
  // Partitions are counted with their table.
  const auto names = connection.execute(
      "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
      "WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition "
      "ORDER BY c.relname");
  json rows = json::array();
  for (int i = 0; i < names.rows(); ++i) {
    const std::string table(names.text(i, 0));
    const std::string column = time_column(connection, table);
    const auto result =
        connection.execute("SELECT count(*), " + (column.empty() ? "NULL" : "max(" + column + ")") +
                           " FROM " + postgres::quote_identifier(table));
    rows.push_back({{"table", table},
                    {"rows", result.number(0, 0)},
                    {"newest", result.is_null(0, 1) ? json() : json(result.text(0, 1))}});
  }
  return rows;
}

}  // namespace

int database_status(const Common& common, const DatabaseOptions& options) {
  const Place place = find_place(common.root, common.config);
  AllSettings settings;
  settings.load(place.config);
  const auto& config = settings.persister.database;
  postgres::Connection connection(config.settings(settings.environment(), config.reader, "cli"));
  const int version = postgres::schema_version(connection);
  const int newest = persister::schema().back().version;
  const json rows = tables(connection);
  if (options.json) {
    const json all{{"database", config.database(settings.environment())},
                   {"schema_version", version},
                   {"newest_version", newest},
                   {"tables", rows}};
    std::printf("%s\n", all.dump(2).c_str());
    return service::exit_code::ok;
  }
  std::printf("%s: schema version %d%s\n", config.database(settings.environment()).c_str(), version,
              version < newest ? ", older than this program's: `depthwire db migrate`" : "");
  for (const json& row : rows) {
    std::printf("%12lld  %-24s %s\n", static_cast<long long>(row["rows"].get<std::int64_t>()),
                row["table"].get<std::string>().c_str(),
                row["newest"].is_null() ? "" : row["newest"].get<std::string>().c_str());
  }
  return service::exit_code::ok;
}

int database_migrate(const Common& common) {
  const Place place = find_place(common.root, common.config);
  AllSettings settings;
  settings.load(place.config);
  const Cluster cluster(place, settings.persister.database);
  const int done = migrate_database(settings, cluster.wanted());
  std::printf("%d migration%s done; the schema is at version %d\n", done, done == 1 ? "" : "s",
              persister::schema().back().version);
  return service::exit_code::ok;
}

int database_shell(const Common& common, const DatabaseOptions& options) {
  const Place place = find_place(common.root, common.config);
  AllSettings settings;
  settings.load(place.config);
  const auto& config = settings.persister.database;
  const auto& as = options.role == "owner"       ? config.owner
                   : options.role == "persister" ? config.persister
                                                 : config.reader;
  const auto login = config.settings(settings.environment(), as, "shell");
  if (!have_command("psql")) {
    throw service::ExitError(service::exit_code::config,
                             "psql is missing; `scripts/deps run` installs it");
  }
  // The password goes by the environment: a command line is for everyone to see.
  if (!login.password.empty()) ::setenv("PGPASSWORD", login.password.c_str(), 1);
  std::vector<std::string> command{
      "psql", "-h",       login.host, "-p",          std::to_string(login.port),
      "-U",   login.user, "-d",       login.database};
  command.insert(command.end(), options.arguments.begin(), options.arguments.end());
  return become_command(command);
}

}  // namespace depthwire::cli
