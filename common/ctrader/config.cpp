#include "common/ctrader/config.hpp"

#include "common/ctrader/wiring.hpp"

#include <algorithm>
#include <set>

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

// As tls.hpp writes it.
bool is_pin(std::string_view text) {
  constexpr std::string_view prefix = "sha256//";
  constexpr std::size_t base64_bytes = 44;  // of 32 bytes
  if (!text.starts_with(prefix) || text.size() != prefix.size() + base64_bytes) return false;
  text.remove_prefix(prefix.size());
  const auto is_base64 = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
  };
  return text.back() == '=' && std::ranges::all_of(text.substr(0, text.size() - 1), is_base64);
}

Transport transport_of(const Config& config, const std::string& process) {
  if (process != "historical") return config.transport;
  switch (config.historical_transport) {
    case HistoricalTransport::same: return config.transport;
    case HistoricalTransport::tcp: return Transport::tcp;
    case HistoricalTransport::websocket: return Transport::websocket;
    case HistoricalTransport::json: return Transport::json;
  }
  return config.transport;
}

}  // namespace

void Config::check_endpoint(const config::Checks& checks) const {
  const auto environment = std::string(config::to_string(checks.environment()));
  const auto fixed = std::string(host_of(checks.environment()));
  if (!host.empty() && host != fixed) {
    checks.fail("host", "must be empty: " + environment + " always connects to " + fixed);
  }
  if (port != protobuf_port) {
    checks.fail("port", "must be " + std::to_string(protobuf_port) + " in " + environment);
  }
  if (json_port != ctrader::json_port) {
    checks.fail("json_port",
                "must be " + std::to_string(ctrader::json_port) + " in " + environment);
  }
}

void Config::check_accounts(const config::Checks& checks) const {
  const bool simulated = checks.environment() == config::Environment::sim;
  const auto main_account = account_id == 0 && simulated ? simulator_account : account_id;
  std::set<std::int64_t> seen;
  for (const auto id : further_account_ids) {
    if (id == main_account) {
      checks.fail("further_account_ids", "has " + std::to_string(id) +
                                             ", the account whose market data is streamed; only "
                                             "the others belong there");
    } else if (!seen.insert(id).second) {
      checks.fail("further_account_ids", "has " + std::to_string(id) + " twice");
    }
  }
}

void Config::check(const config::Checks& checks) const {
  check_accounts(checks);
  if (!pin.empty() && !is_pin(pin)) {
    checks.fail("pin", "expected sha256// and the Base64 of a SHA-256, got \"" + pin +
                           "\"; `openssl x509 -pubkey -noout -in CERTIFICATE | openssl pkey -pubin "
                           "-outform der | openssl dgst -sha256 -binary | base64` gives it");
  }
  if (!enabled || checks.environment() == config::Environment::sim) return;
  check_endpoint(checks);
  const auto need = [&](bool given, std::string_view key, const std::string& name) {
    const std::string prefix =
        checks.environment() == config::Environment::live ? "CTRADER_LIVE_" : "CTRADER_DEMO_";
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
  options.connection.transport = transport_of(config, name);
  options.connection.port =
      options.connection.transport == Transport::json ? config.json_port : config.port;
  options.connection.pin = config.pin;
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
  if (name == "streaming") options.further_accounts = config.further_account_ids;
  options.times.heartbeat = config.heartbeat;
  options.account.live = environment == config::Environment::live;
  return options;
}

}  // namespace depthwire::ctrader
