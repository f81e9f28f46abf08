#include "tests/support/database.hpp"

#include "common/postgres/migrations.hpp"
#include "common/postgres/roles.hpp"
#include "services/persister/sql/schema.hpp"

namespace depthwire::tests {

PostgresServer& Database::server() {
  static PostgresServer server(durable);
  return server;
}

Database::Database(bool migrated) {
  static int databases = 0;
  name_ = "depthwire_" + std::to_string(++databases);
  postgres::Connection admin(server().superuser());
  postgres::create_roles_and_database(admin, name_, {});
  if (!migrated) return;
  postgres::Connection owner(as(postgres::owner_role));
  postgres::migrate(owner, persister::schema());
}

postgres::Settings Database::as(std::string_view role) const {
  return server().as(std::string(role), name_);
}

void Database::execute(const std::string& sql) const {
  postgres::Connection(superuser()).execute(sql);
}

std::int64_t Database::number(const std::string& sql) const {
  return postgres::Connection(superuser()).execute(sql).number(0, 0);
}

std::vector<std::string> Database::query(const std::string& sql) const {
  postgres::Connection reader(as(postgres::reader_role));
  const auto result = reader.execute("SELECT row::text FROM (" + sql + ") AS row");
  std::vector<std::string> out;
  out.reserve(static_cast<std::size_t>(result.rows()));
  for (int row = 0; row < result.rows(); ++row) out.emplace_back(result.text(row, 0));
  return out;
}

}  // namespace depthwire::tests
