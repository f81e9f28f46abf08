#include "cli/replay_stages.hpp"

#include "common/config/values.hpp"
#include "services/aggregator/core/aggregator_stage.hpp"
#include "services/analyzer/core/records/record_stage.hpp"

namespace depthwire::cli {
namespace {

constexpr auto hash_key = "params_hash";  // no setting: it tells what the settings do not name

template <class Config>
Config load(std::string_view name, const replay::Parameters& parameters,
            const Overrides& overrides) {
  Config config;
  const auto known = config::values_of(name, config);
  config::Sources sources;
  for (const auto& [key, value] : parameters) {
    if (known.contains(key)) sources.flags.emplace_back(std::string(name) + "." + key, value);
  }
  for (const auto& [key, value] : overrides) {
    sources.flags.emplace_back(std::string(name) + "." + key, value);
  }
  static_cast<void>(config::load(config::describe(name, "", config), sources));
  return config;
}

template <class Config>
replay::Parameters complete(std::string_view name, const replay::Parameters& recorded,
                            const Overrides& overrides, std::vector<std::string>& warnings) {
  const auto config = load<Config>(name, recorded, overrides);
  auto parameters = config.parameters();
  for (const auto& [key, value] : recorded) {
    if (!parameters.contains(key)) {
      warnings.push_back(std::string(name) + ": the recorded parameter " + key + "=" + value +
                         " is unknown to this build, and not used");
    }
  }
  const auto hash = recorded.find(hash_key);
  if (overrides.empty() && hash != recorded.end() && hash->second != parameters[hash_key]) {
    warnings.push_back(std::string(name) +
                       ": the live run computed with other constants than this build does "
                       "(params_hash " +
                       hash->second + ", here " + parameters[hash_key] +
                       "); its outputs will differ");
  }
  return parameters;
}

}  // namespace

const std::vector<ReplayedStage>& replayed_stages() {
  static const std::vector<ReplayedStage> stages{
      {"aggregator", [](const AllSettings& all) { return all.aggregator.parameters(); },
       [](const auto& recorded, const auto& overrides, auto& warnings) {
         return complete<aggregator::Config>("aggregator", recorded, overrides, warnings);
       },
       [](const auto& parameters, const std::string&) {
         return std::make_unique<aggregator::AggregatorStage>(
             load<aggregator::Config>("aggregator", parameters, {}).settings());
       }},
      {"analyzer", [](const AllSettings& all) { return all.analyzer.parameters(); },
       [](const auto& recorded, const auto& overrides, auto& warnings) {
         return complete<analyzer::Config>("analyzer", recorded, overrides, warnings);
       },
       [](const auto& parameters, const std::string& input) {
         return std::make_unique<analyzer::RecordStage>(
             load<analyzer::Config>("analyzer", parameters, {}).params(), input);
       }}};
  return stages;
}

}  // namespace depthwire::cli
