#pragma once

#include "tests/support/postgres.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace depthwire::tests {

/// A database with Depthwire's schema, as the roles' set-up and `depthwire db migrate` leave it.
/// All of a test program share one server, started with the first.
class Database {
 public:
  explicit Database(bool migrated = true);

  [[nodiscard]] static PostgresServer& server();
  /// Set before the first: the server syncs.
  static inline bool durable = false;
  [[nodiscard]] const std::string& name() const { return name_; }
  /// How `role` (postgres/roles.hpp) logs in.
  [[nodiscard]] postgres::Settings as(std::string_view role) const;
  [[nodiscard]] postgres::Settings superuser() const { return server().superuser(name_); }

  /// Runs statements as superuser.
  void execute(const std::string& sql) const;
  /// The one number that a query gives.
  [[nodiscard]] std::int64_t number(const std::string& sql) const;
  /// The rows that a query gives to the reader, each as one text: "(a,b)".
  [[nodiscard]] std::vector<std::string> query(const std::string& sql) const;

 private:
  std::string name_;
};

}  // namespace depthwire::tests
