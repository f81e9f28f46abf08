#include "cli/settings.hpp"

#include <cstdlib>

namespace depthwire::cli {

const std::vector<std::string_view>& services() {
  static const std::vector<std::string_view> names{"simulator",  "tokens",     "streaming",
                                                   "historical", "aggregator", "analyzer",
                                                   "persister",  "auditor",    "gateway"};
  return names;
}

std::string program_name(std::string_view service) {
  return service == "simulator" ? "depthwire-sim" : "depthwire-" + std::string(service);
}

AllSettings::AllSettings() {
  for (const auto name : services()) hosts.emplace(name, service::HostConfig(name));
}

config::Schema AllSettings::schema() {
  config::Schema all;
  all.merge(config::describe("simulator", "The cTrader simulator, in environment sim.", simulator));
  all.merge(config::describe("tokens", "The grant of a user, and the login.", tokens));
  all.merge(config::describe("streaming", "Live market data of a cTrader account.", streaming));
  all.merge(config::describe("historical", "History of the account's symbols.", historical));
  all.merge(config::describe("aggregator", "Books and bars from streaming's journal.", aggregator));
  all.merge(config::describe("analyzer", "Order-flow signals from streaming's journal.", analyzer));
  all.merge(config::describe("persister", "Rows in PostgreSQL from every journal.", persister));
  all.merge(config::describe("auditor", "Connection logs, one line per event.", auditor));
  all.merge(config::describe("gateway", "The page and the WebSocket for browsers.", gateway));
  for (auto& [name, host] : hosts) all.merge(config::describe(name, "", host));
  return all;
}

void AllSettings::load_for(const std::filesystem::path& file, const std::string& environment) {
  config::Sources sources{file, config::process_variables(), {}};
  if (!environment.empty()) sources.flags.emplace_back("environment", environment);
  loaded = config::load(schema(), sources);
}

void AllSettings::load(const std::filesystem::path& file, const std::filesystem::path& directory) {
  load_for(file, "");
  if (!run_dir().empty()) return;
  ::setenv("DEPTHWIRE_SERVICE_RUN_DIR", directory.c_str(), 1);
  for (auto& [name, host] : hosts) host.service.run_dir = directory;
}

}  // namespace depthwire::cli
