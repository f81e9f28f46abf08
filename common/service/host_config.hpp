#pragma once

#include "common/log/settings.hpp"
#include "common/service/settings.hpp"

#include <string>
#include <string_view>

namespace depthwire::service {

/// What every process can be told, beside its own settings.
struct HostConfig {
  explicit HostConfig(std::string_view process)
      : health("127.0.0.1:" + std::to_string(default_health_port(process))) {}

  std::string health;
  Settings service;
  log::Settings log;

  template <class Visitor>
  void describe(Visitor& field) {
    field("health", health, "address of /livez, /readyz and /metrics; port 0: any free port");
    field.section("log", log, "What is logged, and where.");
    field.section("service", service, "What every process has.");
  }
};

}  // namespace depthwire::service
