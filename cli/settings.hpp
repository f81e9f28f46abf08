#pragma once

#include "common/config/load.hpp"
#include "common/service/host_config.hpp"
#include "services/aggregator/config.hpp"
#include "services/analyzer/config.hpp"
#include "services/auditor/config.hpp"
#include "services/gateway/config.hpp"
#include "services/historical/config.hpp"
#include "services/persister/config.hpp"
#include "services/streaming/config.hpp"
#include "services/tokens/config.hpp"
#include "simulator/config.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::cli {

/// The processes, in the order in which they start.
[[nodiscard]] const std::vector<std::string_view>& services();

/// The program of a process: depthwire-streaming.
[[nodiscard]] std::string program_name(std::string_view service);

/// The settings of all processes together: the whole configuration file.
class AllSettings {
 public:
  AllSettings();
  AllSettings(const AllSettings&) = delete;
  AllSettings& operator=(const AllSettings&) = delete;

  [[nodiscard]] config::Schema schema();
  /// Reads the file and the environment. Throws config::ConfigError. Where nobody says where
  /// processes describe themselves, they do so in `run_dir`, and so do those that we start.
  void load(const std::filesystem::path& file, const std::filesystem::path& run_dir = "var/run");
  /// The same in `environment`, whatever the file says; empty: as it says.
  void load_for(const std::filesystem::path& file, const std::string& environment);

  [[nodiscard]] std::string environment() const {
    return std::string(to_string(loaded.environment));
  }

  config::Loaded loaded;
  simulator::Config simulator;
  tokens::Config tokens;
  streaming::Config streaming;
  historical::Config historical;
  aggregator::Config aggregator;
  analyzer::Config analyzer;
  persister::Config persister;
  auditor::Config auditor;
  gateway::Config gateway;
  std::map<std::string_view, service::HostConfig> hosts;  ///< by service

  [[nodiscard]] const std::filesystem::path& run_dir() const {
    return hosts.begin()->second.service.run_dir;
  }
};

}  // namespace depthwire::cli
