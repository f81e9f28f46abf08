#pragma once

#include "common/postgres/connection.hpp"

#include <filesystem>
#include <string>
#include <sys/types.h>

namespace depthwire::tests {

/// A PostgreSQL of its own for a test: a new cluster in a temporary directory, reached through a
/// Unix socket there, so that no port is needed and any number can run side by side. Ends with the
/// object, and with the test process should that die first. Started by root it runs as user
/// `postgres`, which refuses root.
class PostgresServer {
 public:
  /// A durable one syncs as in production; the others are quicker.
  explicit PostgresServer(bool durable = false);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// Stops the server as an administrator would ("fast"); clients lose their sessions.
  void stop();
  void start();
  [[nodiscard]] pid_t pid() const { return pid_; }

  /// The socket's directory, to be given as host; the port is 5432.
  [[nodiscard]] const std::filesystem::path& socket_directory() const { return directory_; }
  /// As superuser; every user is trusted, whatever the password.
  [[nodiscard]] postgres::Settings superuser(const std::string& database = "postgres") const;
  [[nodiscard]] postgres::Settings as(const std::string& user, const std::string& database) const;

 private:
  std::filesystem::path directory_;
  bool durable_;
  pid_t pid_ = -1;
};

}  // namespace depthwire::tests
