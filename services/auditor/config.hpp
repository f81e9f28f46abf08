#pragma once

#include "common/config/bind.hpp"
#include "common/config/schema.hpp"
#include "common/service/settings.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::auditor {

/// The auditor's settings.
struct Config {
  static constexpr std::array<std::string_view, 2> publishers = {"streaming", "historical"};

  std::filesystem::path directory = "logs/ctrader";
  std::vector<std::string> sources{publishers.begin(), publishers.end()};
  service::BusSettings bus;

  template <class Visitor>
  void describe(Visitor& field) {
    field("directory", directory, "directory of <environment>_connection.log");
    field("sources", sources, "whose connections are logged: streaming, historical");
    field.section("bus", bus, "where the publishers are and where journals lie");
  }

  void check(const config::Checks& checks) const {
    for (const auto& name : sources) {
      if (std::find(publishers.begin(), publishers.end(), name) == publishers.end()) {
        checks.fail("sources", "expected streaming or historical, got \"" + name + "\"");
      }
    }
  }
};

}  // namespace depthwire::auditor
