#pragma once

#include "common/postgres/connection.hpp"

#include <string>
#include <string_view>

namespace depthwire::postgres {

/// Owns the schema and migrates it; nothing else logs in as this.
inline constexpr std::string_view owner_role = "depthwire_owner";
/// Adds rows and moves its checkpoint.
inline constexpr std::string_view persister_role = "depthwire_persister";
/// Reads.
inline constexpr std::string_view reader_role = "depthwire_reader";

/// Passwords for the roles; an empty one leaves the role's password as it is.
struct RolePasswords {
  std::string owner;
  std::string persister;
  std::string reader;
};

/// Makes the roles and the database of one environment, as far as they are missing; may be called
/// again. `admin` is a session of a superuser. Passwords leave this process hashed (SCRAM).
void create_roles_and_database(Connection& admin, const std::string& database,
                               const RolePasswords& passwords);

}  // namespace depthwire::postgres
