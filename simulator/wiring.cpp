#include "simulator/wiring.hpp"

#include "common/service/exit_error.hpp"
#include "simulator/market/generator.hpp"
#include "simulator/market/line_reader.hpp"
#include "simulator/market/recording.hpp"

#include <charconv>
#include <chrono>
#include <string_view>
#include <vector>

namespace depthwire::simulator {
namespace {

using service::ExitError;
namespace exit_code = service::exit_code;

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> names_in(std::string_view list) {
  std::vector<std::string> names;
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (comma > 0) names.emplace_back(list.substr(0, comma));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return names;
}

MarketLimits limits_of(const Options& options) {
  MarketLimits limits{.loop = options.loop};
  if (options.events > 0) limits.events = options.events;
  if (options.duration > 0) limits.duration_ns = options.duration * 1'000'000'000;
  return limits;
}

std::vector<std::unique_ptr<SymbolSource>> generated(const Options& options) {
  GeneratorSettings settings{.seed = options.seed, .events_per_second = options.rate};
  if (const auto count = number_in<std::size_t>(options.symbols)) {
    if (*count < 1 || *count > 1000) {
      throw ExitError(exit_code::config, "symbols: a number from 1 to 1000 or a list of names");
    }
    settings.symbols = profiles(*count);
  } else {
    for (const auto& name : names_in(options.symbols)) {
      settings.symbols.push_back(profile_of(name));
      settings.symbols.back().name = name;
    }
  }
  if (options.rate < 1 || options.rate > 1'000'000) {
    throw ExitError(exit_code::config, "rate: from 1 to 1000000 events a second");
  }
  if (options.time == "now") {
    settings.begin_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count();
  }
  return generate(settings);
}

std::vector<std::unique_ptr<SymbolSource>> recorded(const Options& options) {
  if (!std::filesystem::exists(options.recording)) {
    throw ExitError(exit_code::config,
                    "recording: no such file or directory: " + options.recording);
  }
  // A bare number is for the generator.
  const bool all = number_in<std::size_t>(options.symbols).has_value();
  const auto only = all ? std::vector<std::string>() : names_in(options.symbols);
  try {
    return open_recordings(options.recording, only);
  } catch (const CorruptRecording& error) {
    throw ExitError(exit_code::corrupt, std::string("recording: ") + error.what());
  } catch (const std::runtime_error& error) {
    throw ExitError(exit_code::config, std::string("recording: ") + error.what());
  }
}

Pace pace_of(const Options& options) {
  if (options.pace > 0) return AtRate{options.pace};
  if (options.speed == "max") return AtMax{};
  const auto factor = number_in<double>(options.speed);
  if (!factor || !(*factor > 0)) {
    throw ExitError(exit_code::config, "speed: a factor above 0, or max; not " + options.speed);
  }
  return AtSpeed{*factor};
}

}  // namespace

Market make_market(const Options& options) {
  return Market(options.recording.empty() ? generated(options) : recorded(options),
                limits_of(options));
}

ServerSettings make_settings(const Options& options) {
  ServerSettings settings;
  const auto colon = options.listen.rfind(':');
  const auto port =
      colon == std::string::npos
          ? std::nullopt
          : number_in<std::uint16_t>(std::string_view(options.listen).substr(colon + 1));
  if (!port) {
    throw ExitError(exit_code::config, "listen: HOST:PORT, not " + options.listen);
  }
  settings.host = options.listen.substr(0, colon);
  settings.port = *port;
  settings.session.credentials = {options.client_id, options.client_secret, options.access_token,
                                  options.account_id};
  settings.pace = pace_of(options);
  settings.start = {.at_once = options.start == "at_once", .wait_for = options.wait_for};
  settings.stamp_now = options.time == "now";
  settings.pause_without_clients =
      options.pause_without_clients == "on" ||
      (options.pause_without_clients == "auto" && std::holds_alternative<AtMax>(settings.pace));
  if (!options.report.empty()) settings.report = options.report;
  return settings;
}

}  // namespace depthwire::simulator
