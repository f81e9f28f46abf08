#pragma once

#include "common/config/describe.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace depthwire::ctrader {

inline constexpr std::uint16_t protobuf_port = 5035;

/// The endpoint of an environment; only in `sim` may it be another.
[[nodiscard]] constexpr std::string_view host_of(config::Environment environment) {
  switch (environment) {
    case config::Environment::sim: return "localhost";
    case config::Environment::demo: return "demo.ctraderapi.com";
    case config::Environment::live: return "live.ctraderapi.com";
  }
  return "localhost";
}

/// The section `ctrader`: the account, shared by all that connect to the broker.
struct Config {
  bool enabled = true;
  std::string host;
  std::uint16_t port = protobuf_port;
  std::filesystem::path ca_file;
  config::Secret client_id;
  config::Secret client_secret;
  config::Secret access_token;
  std::int64_t account_id = 0;
  std::chrono::milliseconds heartbeat{10'000};

  template <class Visitor>
  void describe(Visitor& field) {
    field("enabled", enabled, "connect to the broker; false: run without it",
          config::Env{"CTRADER_ENABLED"});
    field("host", host,
          "the simulator's host, localhost when empty; demo and live have endpoints of their own");
    field("port", port, "the simulator's port", config::Bounds{.min = 1, .max = 65'535});
    field("ca_file", ca_file,
          "PEM file of the authorities to trust; empty: var/simulator/ca.pem in sim, else the "
          "system's store");
    field("client_id", client_id, "the application's id; empty in sim: the simulator's",
          config::Env{"CTRADER_CLIENT_ID"});
    field("client_secret", client_secret, "the application's secret; empty in sim: the simulator's",
          config::Env{"CTRADER_CLIENT_SECRET"});
    field("access_token", access_token, "the user's grant; empty in sim: the simulator's",
          config::Env{"CTRADER_ACCESS_TOKEN"});
    field("account_id", account_id, "ctidTraderAccountId; 0 in sim: the simulator's",
          config::Env{"CTRADER_ACCOUNT_ID"}, config::Bounds{.min = 0});
    field(
        "heartbeat", heartbeat,
        "a connection that sent nothing for so long sends a heartbeat; the broker ends one that is "
        "silent for 30s",
        config::DurationBounds{.min = std::chrono::seconds(1), .max = std::chrono::seconds(25)});
  }

  void check(const config::Checks& checks) const;
};

}  // namespace depthwire::ctrader
