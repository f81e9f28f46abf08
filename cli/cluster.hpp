#pragma once

#include "cli/place.hpp"
#include "cli/settings.hpp"
#include "cli/supervisor.hpp"

#include <functional>
#include <string>

namespace depthwire::cli {

/// The private PostgreSQL cluster under var/postgres: its Unix socket lies in a directory that only
/// we can enter, so that sockets are trusted; TCP on loopback asks for a password.
class Cluster {
 public:
  using Progress = std::function<void(const std::string&)>;

  Cluster(const Place& place, const postgres::DatabaseConfig& config);

  /// True when `database.host` names our socket directory.
  [[nodiscard]] bool wanted() const;
  /// Makes the cluster when there is none. Throws ExitError.
  void prepare(const Progress& progress) const;
  /// How supervisor runs it.
  [[nodiscard]] Program program() const;
  /// Waits until it takes connections. Throws ExitError when it does not in time, or as soon as
  /// `failure` tells in words that it never will.
  void wait(const std::function<std::string()>& failure) const;

 private:
  [[nodiscard]] std::string binary(const std::string& name) const;
  void open_parents(const Progress& progress) const;

  Place place_;
  postgres::DatabaseConfig config_;
  std::string user_;  ///< whom PostgreSQL runs as; empty: us
};

/// Makes roles and database as far as they are missing (as superuser, private cluster only), and
/// migrates the schema. Gives the number of migrations done.
int migrate_database(const AllSettings& settings, bool private_cluster);

}  // namespace depthwire::cli
