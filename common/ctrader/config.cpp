#include "common/ctrader/config.hpp"

#include "common/ctrader/wiring.hpp"

namespace depthwire::ctrader {
namespace {

// What the simulator expects unless it is told otherwise.
constexpr std::string_view simulator_client_id = "simulator";
constexpr std::string_view simulator_secret = "simulator-secret";
constexpr std::string_view simulator_token = "simulator-token";
constexpr std::int64_t simulator_account = 1'000'001;
constexpr std::string_view simulator_ca = "var/simulator/ca.pem";

std::string value_or(const config::Secret& secret, std::string_view otherwise) {
  return secret.empty() ? std::string(otherwise) : secret.reveal();
}

}  // namespace

void Config::check(const config::Checks& checks) const {
  const auto environment = checks.environment();
  if (!enabled || environment == config::Environment::sim) return;
  const auto fixed = std::string(host_of(environment));
  if (!host.empty() && host != fixed) {
    checks.fail("host", "must be empty: " + std::string(config::to_string(environment)) +
                            " always connects to " + fixed);
  }
  if (port != protobuf_port) {
    checks.fail("port", "must be " + std::to_string(protobuf_port) + " in " +
                            std::string(config::to_string(environment)));
  }
  if (client_id.empty()) checks.fail("client_id", "is needed; set CTRADER_CLIENT_ID");
  if (client_secret.empty()) checks.fail("client_secret", "is needed; set CTRADER_CLIENT_SECRET");
  if (access_token.empty()) checks.fail("access_token", "is needed; set CTRADER_ACCESS_TOKEN");
  if (account_id == 0) checks.fail("account_id", "is needed; set CTRADER_ACCOUNT_ID");
}

ClientOptions client_options(const Config& config, config::Environment environment,
                             const std::string& name) {
  const bool simulated = environment == config::Environment::sim;
  ClientOptions options;
  options.name = name;
  options.connection.host =
      simulated && !config.host.empty() ? config.host : std::string(host_of(environment));
  options.connection.port = config.port;
  options.connection.ca_file = config.ca_file;
  if (simulated && config.ca_file.empty()) options.connection.ca_file = simulator_ca;
  options.account.client_id = value_or(config.client_id, simulated ? simulator_client_id : "");
  options.account.client_secret = value_or(config.client_secret, simulated ? simulator_secret : "");
  options.account.access_token = value_or(config.access_token, simulated ? simulator_token : "");
  options.account.account_id =
      simulated && config.account_id == 0 ? simulator_account : config.account_id;
  options.times.heartbeat = config.heartbeat;
  options.account.live = environment == config::Environment::live;
  return options;
}

}  // namespace depthwire::ctrader
