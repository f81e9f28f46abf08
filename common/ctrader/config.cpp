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
  const auto need = [&](bool given, std::string_view key, const std::string& name) {
    const std::string prefix =
        environment == config::Environment::live ? "CTRADER_LIVE_" : "CTRADER_DEMO_";
    if (!given) checks.fail(key, "is needed; set " + prefix + name);
  };
  need(!client_id.empty(), "client_id", "APPLICATION_ID");
  need(!client_secret.empty(), "client_secret", "APPLICATION_SECRET");
  need(access_token.empty() || account_id != 0, "account_id", "ACCOUNT_ID");
}

std::filesystem::path token_socket(const Config& config, config::Environment environment) {
  if (!config.access_token.empty()) return {};
  if (!config.tokens.empty() || environment == config::Environment::sim) return config.tokens;
  return "var/tokens/" + std::string(to_string(environment)) + ".sock";
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
  options.account.account_id = config.account_id;
  options.token_socket = token_socket(config, environment);
  if (options.token_socket.empty()) {
    options.account.access_token = value_or(config.access_token, simulated ? simulator_token : "");
    if (simulated && config.account_id == 0) options.account.account_id = simulator_account;
  }
  options.times.heartbeat = config.heartbeat;
  options.account.live = environment == config::Environment::live;
  return options;
}

}  // namespace depthwire::ctrader
