#pragma once

#include "common/config/describe.hpp"
#include "common/postgres/connection.hpp"
#include "common/postgres/roles.hpp"

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace depthwire::postgres {

/// How one role logs in.
struct LogIn {
  std::string user;
  config::Secret password;

  template <class Visitor>
  void describe(Visitor& field) {
    field("user", user, "role to log in as");
    field("password", password, "its password; empty: the server trusts us or asks nothing");
  }
};

/// The section `database`: one for all that use it. Each role's log-in is read by who acts as it,
/// so a file or environment may hold only the one that its process needs.
struct DatabaseConfig {
  std::string host = "127.0.0.1";
  std::uint16_t port = 5432;
  std::string name;
  std::chrono::milliseconds connect_timeout{3'000};
  LogIn owner{std::string(owner_role), {}};
  LogIn persister{std::string(persister_role), {}};
  LogIn reader{std::string(reader_role), {}};

  template <class Visitor>
  void describe(Visitor& field) {
    field("host", host, "name or address of the server, or the directory of its Unix socket");
    field("port", port, "port of the server", config::Bounds{.min = 1, .max = 65'535});
    field("name", name, "database; empty: depthwire_<environment>");
    field("connect_timeout", connect_timeout, "how long to wait for a connection",
          config::DurationBounds{.min = std::chrono::seconds(2), .max = std::chrono::minutes(1)});
    field.group("owner", owner, "owns the schema: migrations only");
    field.group("persister", persister, "adds rows");
    field.group("reader", reader, "reads");
  }

  [[nodiscard]] std::string database(std::string_view environment) const {
    return name.empty() ? "depthwire_" + std::string(environment) : name;
  }
  [[nodiscard]] Settings settings(std::string_view environment, const LogIn& as,
                                  std::string_view application) const {
    // A directory may be relative to the working directory; libpq takes only absolute ones.
    const bool directory = host.find('/') != std::string::npos;
    return {.host = directory ? std::filesystem::absolute(host).string() : host,
            .port = port,
            .database = database(environment),
            .user = as.user,
            .password = as.password.reveal(),
            .application = "depthwire-" + std::string(application),
            .connect_timeout = std::chrono::ceil<std::chrono::seconds>(connect_timeout)};
  }
};

}  // namespace depthwire::postgres
