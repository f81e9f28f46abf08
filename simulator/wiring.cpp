#include "simulator/wiring.hpp"

#include "common/service/exit_error.hpp"
#include "simulator/market/generator.hpp"
#include "simulator/market/line_reader.hpp"
#include "simulator/market/recording.hpp"
#include "simulator/texts.hpp"

#include <cassert>
#include <chrono>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

namespace depthwire::simulator {
namespace {

using service::ExitError;
namespace exit_code = service::exit_code;

// Config::check() has refused what does not parse.
template <class T>
T checked(std::optional<T> parsed) {
  assert(parsed);
  return *std::move(parsed);
}

Symbols symbols_of(const Config& config) { return checked(parse_symbols(config.symbols)); }

std::vector<std::unique_ptr<SymbolSource>> generated(const Config& config) {
  GeneratorSettings settings{.seed = config.seed, .events_per_second = config.rate};
  const auto symbols = symbols_of(config);
  if (symbols.count > 0) settings.symbols = profiles(symbols.count);
  for (const auto& name : symbols.names) {
    settings.symbols.push_back(profile_of(name));
    settings.symbols.back().name = name;
  }
  if (config.time == TimeStamps::now) {
    // The hour of the day is the real one.
    settings.begin_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count();
  }
  return generate(settings);
}

std::vector<std::unique_ptr<SymbolSource>> recorded(const Config& config) {
  if (!std::filesystem::exists(config.recording)) {
    throw ExitError(exit_code::config,
                    "simulator.recording: no such file or directory: " + config.recording.string());
  }
  try {
    return open_recordings(config.recording, symbols_of(config).names);
  } catch (const CorruptRecording& error) {
    throw ExitError(exit_code::corrupt, std::string("simulator.recording: ") + error.what());
  } catch (const std::runtime_error& error) {
    throw ExitError(exit_code::config, std::string("simulator.recording: ") + error.what());
  }
}

Pace pace_of(const Config& config) {
  if (config.pace > 0) return AtRate{config.pace};
  const double factor = checked(parse_speed(config.speed));
  if (factor > 0) return AtSpeed{factor};
  return AtMax{};
}

std::shared_ptr<ReceivedLog> received_log_of(const Config& config) {
  if (config.log_received.empty()) return nullptr;
  try {
    return std::make_shared<ReceivedLog>(config.log_received);
  } catch (const std::system_error& error) {
    throw ExitError(exit_code::config, std::string("simulator.log_received: ") + error.what());
  }
}

std::vector<TimedFault> script_of(const Config& config) {
  if (config.script.empty()) return {};
  std::ifstream file(config.script, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) {
    throw ExitError(exit_code::config, "simulator.script: cannot read " + config.script.string());
  }
  auto script = parse_script(text.str());
  if (!script) {
    throw ExitError(exit_code::config,
                    "simulator.script: " + config.script.string() + ", " + script.error());
  }
  return *std::move(script);
}

}  // namespace

std::filesystem::path control_path(const Config& config) { return config.state / "control.sock"; }

Market make_market(const Config& config) {
  MarketLimits limits{.loop = config.loop};
  if (config.events > 0) limits.events = config.events;
  if (config.duration.count() > 0) {
    limits.duration_ns = std::chrono::nanoseconds(config.duration).count();
  }
  return Market(config.recording.empty() ? generated(config) : recorded(config), limits);
}

ServerSettings make_settings(const Config& config) {
  ServerSettings settings;
  std::tie(settings.host, settings.port) = checked(parse_address(config.listen));
  std::tie(settings.json_host, settings.json_port) =
      checked(json_address(config.listen, config.listen_json));
  if (!config.web.empty()) settings.web = checked(parse_address(config.web));
  settings.redirect_uri = config.redirect_uri;
  settings.session.credentials = {config.client_id,
                                  config.client_secret.reveal(),
                                  config.access_token.reveal(),
                                  config.refresh_token.reveal(),
                                  config.account_ids(),
                                  config.scope == Scope::trading};
  settings.session.depth_requires_spots = config.depth_requires_spots;
  settings.session.extra_fields = config.extra_fields;
  settings.past = {.seed = config.seed, .length_ns = std::chrono::nanoseconds(config.past).count()};
  settings.pace = pace_of(config);
  settings.start = {.at_once = config.start == Start::at_once,
                    .wait_for = config.wait_for,
                    .quiet = config.start_quiet,
                    .quiet_partial = config.start_quiet_partial};
  settings.stamp_now = config.time == TimeStamps::now;
  settings.pause_without_clients = config.pause_without_clients == Pause::on ||
                                   (config.pause_without_clients == Pause::automatic &&
                                    std::holds_alternative<AtMax>(settings.pace));
  if (!config.report.empty()) settings.report = config.report;
  settings.received_log = received_log_of(config);
  settings.control = control_path(config);
  settings.script = script_of(config);
  return settings;
}

}  // namespace depthwire::simulator
