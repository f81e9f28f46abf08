#pragma once

#include "common/config/describe.hpp"
#include "simulator/texts.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace depthwire::simulator {

enum class TimeStamps : std::uint8_t { recorded, now };
enum class Start : std::uint8_t { on_subscribe, at_once };
enum class Scope : std::uint8_t { accounts, trading };
enum class Pause : std::uint8_t { automatic, on, off };

/// The simulator's settings: the only place that names, defaults, bounds and explains them.
struct Config {
  std::string listen = "127.0.0.1:5035";
  std::string listen_json;
  std::filesystem::path state = "var/simulator";
  std::vector<std::string> tls_names;

  std::filesystem::path recording;
  std::string symbols = "4";
  std::uint64_t seed = 1;
  std::int64_t rate = 10;
  std::int64_t events = 0;
  std::chrono::milliseconds duration{0};
  bool loop = false;
  std::chrono::milliseconds past = std::chrono::hours(24 * 366);

  std::string speed = "1";
  double pace = 0;
  TimeStamps time = TimeStamps::recorded;
  Start start = Start::on_subscribe;
  std::size_t wait_for = 0;
  std::chrono::milliseconds start_quiet{300};
  std::chrono::milliseconds start_quiet_partial{1500};
  Pause pause_without_clients = Pause::automatic;
  std::filesystem::path report;
  std::filesystem::path log_received;
  std::filesystem::path script;

  std::string web;
  std::string redirect_uri = "http://127.0.0.1:5000/";
  std::string client_id = "simulator";
  config::Secret client_secret{"simulator-secret"};
  config::Secret access_token{"simulator-token"};
  config::Secret refresh_token{"simulator-refresh-token"};
  std::int64_t account_id = 1'000'001;
  std::vector<std::int64_t> further_account_ids;
  Scope scope = Scope::accounts;
  bool depth_requires_spots = false;
  bool extra_fields = true;

  template <class Visitor>
  void describe(Visitor& field) {
    field("listen", listen, "address to serve at, HOST:PORT; port 0 takes any free one");
    field(
        "listen_json", listen_json,
        "the same for the JSON form; empty: the port after listen's, or any free one beside its 0");
    field("state", state, "directory of the simulator's own CA and certificate");
    field("tls_names", tls_names,
          "host names and addresses that the certificate is for, beside "
          "localhost");
    field("recording", recording, "recorded file or directory to replay; empty: a generated market",
          config::Env{"DEPTHWIRE_RECORDING"});
    field("symbols", symbols,
          "generated symbols, a number or names with commas; of a recording, the names to replay "
          "(a number means all)");
    field("seed", seed, "seed of the generated market");
    field("rate", rate, "generated events a second and symbol in an ordinary hour",
          config::Bounds{.min = 1, .max = 1'000'000});
    field("events", events, "ends the market after so many events; 0: never",
          config::Bounds{.min = 0});
    field("duration", duration, "ends the market after so much of its own time; 0ms: never");
    field("loop", loop, "begins a recording again when it has ended");
    field("past", past,
          "how much history there is of the time before the market, made up by the seed");
    field("speed", speed, "the market's clock: a factor such as 1 or 10, or max");
    field("pace", pace, "events a second, evenly, whatever speed says; 0: by speed",
          config::Bounds{.min = 0, .max = 1e7});
    field(
        "time", time, "times that events carry: as recorded or generated, or now",
        config::Names<TimeStamps>{{{"recorded", TimeStamps::recorded}, {"now", TimeStamps::now}}});
    field(
        "start", start, "when the market begins to move",
        config::Names<Start>{{{"on_subscribe", Start::on_subscribe}, {"at_once", Start::at_once}}});
    field("wait_for", wait_for,
          "begins once a client is subscribed to so many symbols; 0: once it has fallen quiet");
    field("start_quiet", start_quiet, "how long a client with every symbol has to be quiet");
    field("start_quiet_partial", start_quiet_partial, "how long a client with some symbols has to");
    field(
        "pause_without_clients", pause_without_clients,
        "the market stands while nobody is subscribed; auto: at speed max only",
        config::Names<Pause>{{{"auto", Pause::automatic}, {"on", Pause::on}, {"off", Pause::off}}});
    field("report", report,
          "file for what was sent per symbol, as JSON, written at the end; empty: none");
    field("log_received", log_received,
          "file for all that clients send, a JSON object a line without the secrets; empty: none");
    field(
        "script", script,
        "file of faults, lines of SECONDS FAULT as `depthwire-sim ctl --help` tells; empty: none");
    field("web", web,
          "address of the page of consent and of the endpoint for tokens, HOST:PORT; port 0 takes "
          "any free one; empty: none");
    field("redirect_uri", redirect_uri, "the one that is registered for the application");
    field("client_id", client_id, "the one application that may come in");
    field("client_secret", client_secret, "its secret; not set: simulator-secret");
    field("access_token", access_token, "the one token that is good; not set: simulator-token");
    field("refresh_token", refresh_token, "good for one refresh; not set: simulator-refresh-token");
    field("scope", scope, "what the access token is good for: to look, or to trade too",
          config::Names<Scope>{{{"accounts", Scope::accounts}, {"trading", Scope::trading}}});
    field("account_id", account_id, "the account that it opens", config::Bounds{.min = 1});
    field("further_account_ids", further_account_ids, "more accounts that it opens");
    field("depth_requires_spots", depth_requires_spots,
          "refuse depth without spots, as the broker's documentation says");
    field("extra_fields", extra_fields,
          "send fields that the public messages do not have, as brokers do");
  }

  /// All of them, account_id first.
  [[nodiscard]] std::vector<std::int64_t> account_ids() const {
    std::vector<std::int64_t> ids{account_id};
    ids.insert(ids.end(), further_account_ids.begin(), further_account_ids.end());
    return ids;
  }

  void check(const config::Checks& checks) const {
    const auto ids = account_ids();
    if (std::set(ids.begin(), ids.end()).size() < ids.size()) {
      checks.fail("further_account_ids", "has an account twice, or account_id");
    }
    if (!parse_speed(speed))
      checks.fail("speed", "expected a factor above 0, or max, got " + speed);
    if (!parse_symbols(symbols)) {
      checks.fail(
          "symbols",
          "expected a number from 1 to 1000 or names with commas between, got \"" + symbols + "\"");
    }
    if (!web.empty() && !parse_address(web)) checks.fail("web", "expected HOST:PORT, got " + web);
    if (!parse_address(listen)) {
      checks.fail("listen", "expected HOST:PORT, got " + listen);
    } else if (!json_address(listen, listen_json)) {
      checks.fail("listen_json", listen_json.empty()
                                     ? "no port is left after that of listen, " + listen
                                     : "expected HOST:PORT, got " + listen_json);
    }
  }
};

}  // namespace depthwire::simulator
