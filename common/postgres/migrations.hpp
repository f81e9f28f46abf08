#pragma once

#include "common/postgres/connection.hpp"

#include <span>
#include <string>
#include <string_view>

namespace depthwire::postgres {

/// One step of a schema. Versions run from 1 without a hole.
struct Migration {
  int version = 0;
  std::string_view name;
  std::string_view sql;
};

/// The version of the schema; 0 in a database without any.
[[nodiscard]] int schema_version(Connection& connection);

/// Brings the schema to the newest of `migrations`, each step in a transaction of its own, and
/// gives the number of steps done: 0 when it was there. Of several who call at the same time one
/// does the work, the others wait for it. Throws service::ExitError 78 when the schema is newer
/// than `migrations`.
int migrate(Connection& connection, std::span<const Migration> migrations);

/// Throws service::ExitError 78, with a sentence for the operator, when the schema is newer than
/// `newest_known`.
void refuse_newer_schema(int version, int newest_known);

}  // namespace depthwire::postgres
