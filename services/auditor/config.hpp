#pragma once

#include "common/config/bind.hpp"
#include "common/service/settings.hpp"

#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::auditor {

/// The auditor's settings.
struct Config {
  static constexpr std::array<std::string_view, 2> connected = {"streaming", "historical"};

  std::filesystem::path directory = "logs/ctrader";
  std::vector<std::string> sources{connected.begin(), connected.end()};
  service::BusSettings bus;

  template <class Visitor>
  void describe(Visitor& field) {
    field("directory", directory, "directory of <environment>_connection.log");
    field("sources", sources, "whose connections are logged: streaming, historical");
    field.section("bus", bus, "where the publishers are and where journals lie");
  }

  void check(const config::Checks& checks) const {
    service::check_sources(checks, sources, connected);
  }
};

}  // namespace depthwire::auditor
