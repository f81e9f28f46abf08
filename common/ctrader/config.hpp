#pragma once

#include "common/config/describe.hpp"
#include "common/ctrader/connection.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::ctrader {

inline constexpr std::uint16_t protobuf_port = 5035;
inline constexpr std::uint16_t json_port = 5036;

/// The endpoint of an environment; only in `sim` may it be another.
[[nodiscard]] constexpr std::string_view host_of(config::Environment environment) {
  switch (environment) {
    case config::Environment::sim: return "localhost";
    case config::Environment::demo: return "demo.ctraderapi.com";
    case config::Environment::live: return "live.ctraderapi.com";
  }
  return "localhost";
}

/// The environment variables that set one secret or id of the account. Those without DEMO or LIVE
/// are demo's: nobody trades live because of a variable that says nothing of it.
struct AccountVariables {
  config::Env demo;
  config::Env live;
  config::Env plain;

  explicit AccountVariables(const std::string& name)
      : demo{"CTRADER_DEMO_" + name, config::Environment::demo},
        live{"CTRADER_LIVE_" + name, config::Environment::live},
        plain{"CTRADER_" + name, config::Environment::demo} {}
};

/// How the process historical connects: as the others do, or in a way of its own.
enum class HistoricalTransport : std::uint8_t { same, tcp, websocket, json };

/// The section `ctrader`: the account, shared by all that connect to the broker.
struct Config {
  bool enabled = true;
  std::string host;
  std::uint16_t port = protobuf_port;
  std::uint16_t json_port = ctrader::json_port;
  Transport transport = Transport::tcp;
  HistoricalTransport historical_transport = HistoricalTransport::same;
  std::filesystem::path ca_file;
  std::string application_name;
  std::string pin;
  config::Secret client_id;
  config::Secret client_secret;
  config::Secret access_token;
  std::filesystem::path tokens;
  std::int64_t account_id = 0;
  std::vector<std::int64_t> further_account_ids;
  std::chrono::milliseconds heartbeat{10'000};

  template <class Visitor>
  void describe(Visitor& field) {
    field("enabled", enabled, "connect to the broker; false: run without it",
          config::Env{"CTRADER_ENABLED"});
    field("host", host,
          "the simulator's host, localhost when empty; demo and live have endpoints of their own",
          config::Env{"HOST"});
    field("port", port, "the simulator's port for protobuf, over TCP and WebSocket",
          config::Env{"PORT"}, config::Bounds{.min = 1, .max = 65'535});
    field("json_port", json_port, "the simulator's port for JSON",
          config::Bounds{.min = 1, .max = 65'535});
    field("transport", transport,
          "what carries the messages, inside TLS: protobuf over TCP (tcp) or over WebSocket "
          "(websocket), or JSON over WebSocket (json)",
          config::Names<Transport>{{{"tcp", Transport::tcp},
                                    {"websocket", Transport::websocket},
                                    {"json", Transport::json}}});
    field("historical_transport", historical_transport,
          "the same for the connection of historical; same: as transport says",
          config::Names<HistoricalTransport>{{{"same", HistoricalTransport::same},
                                              {"tcp", HistoricalTransport::tcp},
                                              {"websocket", HistoricalTransport::websocket},
                                              {"json", HistoricalTransport::json}}});
    field("ca_file", ca_file,
          "PEM file of the authorities to trust; empty: var/simulator/ca.pem in sim, else the "
          "system's store");
    field("pin", pin,
          "public key that the server must have, sha256//BASE64 as curl --pinnedpubkey takes it; "
          "empty: any that the authorities vouch for");
    field("application_name", application_name, "what the application is called, for people",
          config::Env{"APPLICATION_NAME_CTRADER"});
    const AccountVariables id("APPLICATION_ID");
    field("client_id", client_id, "the application's id; empty in sim: the simulator's", id.demo,
          id.live, id.plain, config::Env{"CTRADER_CLIENT_ID", config::Environment::demo});
    const AccountVariables secret("APPLICATION_SECRET");
    field("client_secret", client_secret, "the application's secret; empty in sim: the simulator's",
          secret.demo, secret.live, secret.plain,
          config::Env{"CTRADER_CLIENT_SECRET", config::Environment::demo});
    const AccountVariables token("ACCESS_TOKEN");
    field("access_token", access_token,
          "the user's grant; empty: the one of `depthwire auth login`, in sim the simulator's",
          token.demo, token.live, token.plain);
    field("tokens", tokens,
          "socket of the process tokens, which tells the grant where access_token is empty; empty: "
          "var/tokens/<environment>.sock in demo and live, none in sim");
    const AccountVariables account("ACCOUNT_ID");
    field("account_id", account_id,
          "ctidTraderAccountId; 0: the one chosen at the login, in sim the simulator's",
          account.demo, account.live, account.plain, config::Bounds{.min = 0});
    const AccountVariables further("FURTHER_ACCOUNT_IDS");
    field("further_account_ids", further_account_ids,
          "more accounts of the same grant, which streaming authenticates on its connection too, "
          "for their events; market data is that of account_id",
          further.demo, further.live, further.plain);
    field(
        "heartbeat", heartbeat,
        "a connection that sent nothing for so long sends a heartbeat; the broker ends one that is "
        "silent for 30s",
        config::DurationBounds{.min = std::chrono::seconds(1), .max = std::chrono::seconds(25)});
    std::vector<std::string> unused;
    for (const std::string prefix : {"CTRADER_", "CTRADER_DEMO_", "CTRADER_LIVE_"}) {
      for (const auto* name : {"USERNAME", "PASSWORD", "EMAIL", "URL*"}) {
        unused.push_back(prefix + name);
      }
    }
    field.unused(std::move(unused),
                 "not used: the Open API knows applications and grants, no logins of users");
  }

  void check(const config::Checks& checks) const;

 private:
  void check_endpoint(const config::Checks& checks) const;
  void check_accounts(const config::Checks& checks) const;
};

/// Where the grant is to be heard from; empty: it is in the configuration, or the simulator's.
[[nodiscard]] std::filesystem::path token_socket(const Config& config,
                                                 config::Environment environment);

}  // namespace depthwire::ctrader
