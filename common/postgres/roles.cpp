#include "common/postgres/roles.hpp"

namespace depthwire::postgres {

namespace {

void create_role(Connection& admin, std::string_view role, const std::string& password) {
  const std::string name(role);
  if (admin.execute("SELECT FROM pg_roles WHERE rolname = $1", {name}).rows() == 0) {
    try {
      admin.execute("CREATE ROLE " + quote_identifier(name) +
                    " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE");
    } catch (const Error& error) {
      // Another environment's set-up made it between the question and the answer.
      if (!error.duplicate_key() && error.sqlstate() != "42710") throw;
    }
  }
  if (password.empty()) return;
  admin.execute("ALTER ROLE " + quote_identifier(name) + " PASSWORD " +
                quote_literal(admin.scram_hash(name, password)));
}

}  // namespace

void create_roles_and_database(Connection& admin, const std::string& database,
                               const RolePasswords& passwords) {
  create_role(admin, owner_role, passwords.owner);
  create_role(admin, persister_role, passwords.persister);
  create_role(admin, reader_role, passwords.reader);
  const std::string name = quote_identifier(database);
  if (admin.execute("SELECT FROM pg_database WHERE datname = $1", {database}).rows() == 0) {
    admin.execute("CREATE DATABASE " + name + " OWNER " + quote_identifier(owner_role) +
                  " ENCODING 'UTF8' TEMPLATE template0");
  }
  admin.execute("REVOKE ALL ON DATABASE " + name + " FROM PUBLIC");
  admin.execute("GRANT CONNECT ON DATABASE " + name + " TO " + quote_identifier(persister_role) +
                ", " + quote_identifier(reader_role));
}

}  // namespace depthwire::postgres
