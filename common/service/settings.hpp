#pragma once

#include "common/config/bind.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace depthwire::service {

/// Where a process serves /livez, /readyz and /metrics unless the configuration says otherwise;
/// port 0 (the system chooses) for a name that is not in the list.
[[nodiscard]] constexpr std::uint16_t default_health_port(std::string_view process) {
  constexpr std::string_view names[] = {"streaming", "historical", "aggregator", "analyzer",
                                        "persister", "auditor",    "gateway",    "simulator"};
  std::uint16_t port = 9101;
  for (const auto name : names) {
    if (name == process) return port;
    ++port;
  }
  return 0;
}

/// The section `service`: what every process has.
struct Settings {
  std::filesystem::path run_dir;

  template <class Visitor>
  void describe(Visitor& field) {
    field("run_dir", run_dir,
          "directory for <process>.json with pid, health address and start time; empty: none");
  }
};

/// The addresses of one publisher.
struct Endpoint {
  std::string publish;
  std::string requests;

  template <class Visitor>
  void describe(Visitor& field) {
    field("publish", publish, "PUB address: bound by the publisher, connected to by readers");
    field("requests", requests, "ROUTER address of the same process");
  }
};

/// The section `bus`: where every publisher is, the same for those who bind and those who connect.
/// A process that binds elsewhere than its readers connect (a container) overrides its own entry.
struct BusSettings {
  std::filesystem::path journals = "var/journals";
  std::filesystem::path keys;
  Endpoint streaming{"tcp://127.0.0.1:5560", "tcp://127.0.0.1:5561"};
  Endpoint historical{"tcp://127.0.0.1:5562", "tcp://127.0.0.1:5563"};
  Endpoint aggregator{"tcp://127.0.0.1:5564", "tcp://127.0.0.1:5565"};
  Endpoint analyzer{"tcp://127.0.0.1:5566", "tcp://127.0.0.1:5567"};

  template <class Visitor>
  void describe(Visitor& field) {
    field("journals", journals, "directory of the journals, one folder per source");
    field("keys", keys, "directory of the CURVE keys; empty: clear text, on loopback only");
    field.group("streaming", streaming, "live market data");
    field.group("historical", historical, "history");
    field.group("aggregator", aggregator, "books and bars");
    field.group("analyzer", analyzer, "order-flow signals");
  }
};

}  // namespace depthwire::service
