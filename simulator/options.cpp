#include "simulator/options.hpp"

#include "common/service/exit_error.hpp"

#include <CLI/CLI.hpp>

namespace depthwire::simulator {

std::optional<Options> parse_options(int argc, char** argv, int& exit_code) {
  Options options;
  CLI::App app("A cTrader Open API server that replays recorded markets or generates one.",
               "depthwire-sim");
  app.option_defaults()->always_capture_default();
  app.add_option("--listen", options.listen, "address to serve at, HOST:PORT; port 0 takes any");
  app.add_option("--state", options.state, "directory of the simulator's own CA and certificate");
  app.add_option("--tls-names", options.tls_names, "more names that the certificate is for");
  app.add_option("--recording", options.recording, "recorded file or directory to replay");
  app.add_option("--symbols", options.symbols,
                 "generated symbols: how many, or their names with commas; of a recording: names");
  app.add_option("--seed", options.seed, "seed of the generated market");
  app.add_option("--rate", options.rate, "generated events a second and symbol, ordinary hour");
  app.add_option("--events", options.events, "ends the market after so many events; 0: never");
  app.add_option("--duration", options.duration,
                 "ends the market after so many seconds of its time; 0: never");
  app.add_flag("--loop", options.loop, "begins a recording again when it has ended");
  app.add_option("--speed", options.speed, "the market's clock: 1, 10, any factor, or max");
  app.add_option("--pace", options.pace, "events a second, evenly, instead of --speed");
  app.add_option("--time", options.time, "times in events: recorded, or now")
      ->check(CLI::IsMember({"recorded", "now"}));
  app.add_option("--start", options.start, "when the market begins: on_subscribe or at_once")
      ->check(CLI::IsMember({"on_subscribe", "at_once"}));
  app.add_option("--wait-for", options.wait_for, "begins once a client has so many symbols");
  app.add_option("--pause-without-clients", options.pause_without_clients,
                 "the market stands while nobody is subscribed: on, off, auto (on at speed max)")
      ->check(CLI::IsMember({"on", "off", "auto"}));
  app.add_option("--report", options.report, "file for what was sent per symbol, as JSON");
  app.add_option("--client-id", options.client_id, "the one application that may come in");
  app.add_option("--client-secret", options.client_secret, "its secret");
  app.add_option("--access-token", options.access_token, "the one token that is good");
  app.add_option("--account-id", options.account_id, "the one account it opens");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    exit_code = app.exit(error) == 0 ? service::exit_code::ok : service::exit_code::usage;
    return std::nullopt;
  }
  return options;
}

}  // namespace depthwire::simulator
