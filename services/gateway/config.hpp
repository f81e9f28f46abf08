#pragma once

#include "common/config/bind.hpp"
#include "common/postgres/database_config.hpp"
#include "common/service/settings.hpp"
#include "services/gateway/core/origin.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace depthwire::gateway {

/// The gateway's settings.
struct Config {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  bool allow_remote = false;
  std::vector<std::string> origins;
  std::vector<std::string> sources{service::publishers.begin(), service::publishers.end()};
  std::size_t max_clients = 1000;
  std::size_t max_clients_per_address = 10;
  std::size_t queue_kib = 1024;
  std::chrono::milliseconds slow_after = std::chrono::seconds(10);
  std::chrono::milliseconds ping_every = std::chrono::seconds(20);
  postgres::DatabaseConfig database;
  service::BusSettings bus;

  template <class Visitor>
  void describe(Visitor& field) {
    using std::chrono::hours;
    using std::chrono::milliseconds;
    field("address", address, "IP address of the page and the WebSocket");
    field("port", port, "their port; 0: any free port", config::Bounds{.max = 65535});
    field("allow_remote", allow_remote,
          "allow an address that is not loopback; nobody is asked who they are");
    field("origins", origins, "origins of other pages that may connect: https://host[:port]");
    field("sources", sources,
          "whose journals are shown: streaming, historical, aggregator, analyzer");
    field("max_clients", max_clients, "WebSockets at once",
          config::Bounds{.min = 1, .max = 10'000});
    field("max_clients_per_address", max_clients_per_address,
          "WebSockets at once of one address that is not loopback",
          config::Bounds{.min = 1, .max = 10'000});
    field("queue_kib", queue_kib, "what may wait for one client before it is conflated, in KiB",
          config::Bounds{.min = 64, .max = 65'536});
    field("slow_after", slow_after, "a conflated client that takes nothing for so long is closed",
          config::DurationBounds{milliseconds(100), hours(1)});
    field("ping_every", ping_every, "a client that is silent is asked, then closed",
          config::DurationBounds{milliseconds(100), hours(1)});
    field.section("database", database, "PostgreSQL");
    field.section("bus", bus, "Where every publisher is.");
  }

  void check(const config::Checks& checks) const {
    service::check_sources(checks, sources, service::publishers);
    for (const auto& origin : origins) {
      if (!is_well_formed_origin(origin)) {
        checks.fail("origins",
                    "expected scheme://host[:port] in lower case, got \"" + origin + "\"");
      }
    }
  }
};

}  // namespace depthwire::gateway
