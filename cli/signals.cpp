#include "cli/commands.hpp"
#include "common/market/capability.hpp"
#include "common/service/exit_error.hpp"
#include "services/analyzer/core/engine/catalogue.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <string>
#include <vector>

namespace depthwire::cli {
namespace {

using analyzer::SignalInfo;

market::Provider provider_of(const std::string& name) {
  if (const auto provider = market::find_provider(name)) return *provider;
  std::string known;
  for (const auto& provider : market::providers) {
    known += (known.empty() ? "" : ", ") + std::string(provider.name);
  }
  throw service::ExitError(service::exit_code::usage,
                           "--provider: no provider " + name + "; there is: " + known);
}

void print_json(const SignalInfo& info) {
  const nlohmann::ordered_json json{{"id", info.id},
                                    {"name", info.name},
                                    {"kind", info.kind},
                                    {"opens_and_closes", info.transitions},
                                    {"basis", to_string(info.basis)},
                                    {"needs", to_string(info.needs)},
                                    {"unit", to_string(info.unit)},
                                    {"minimum_n", info.minimum_n},
                                    {"meaning", info.meaning}};
  std::printf("%s\n", json.dump().c_str());
}

void print_row(const char* id, std::string_view name, std::string_view basis,
               std::string_view needs, std::string_view unit, const std::string& n,
               std::string_view meaning) {
  const auto width = [](std::string_view text) { return static_cast<int>(text.size()); };
  std::printf("%-4s %-20.*s %-9.*s %-7.*s %-14.*s %4s  %.*s\n", id, width(name), name.data(),
              width(basis), basis.data(), width(needs), needs.data(), width(unit), unit.data(),
              n.c_str(), width(meaning), meaning.data());
}

}  // namespace

int signals_list(const SignalsListOptions& options) {
  const auto provider = provider_of(options.provider);
  std::vector<SignalInfo> missing;
  if (!options.json) print_row("", "name", "basis", "needs", "unit", "n", "what it is");
  for (const SignalInfo& info : analyzer::signal_catalogue()) {
    if (!provider.can(info.needs)) {
      missing.push_back(info);
    } else if (options.json) {
      print_json(info);
    } else {
      print_row(std::string(info.id).c_str(), info.name, to_string(info.basis),
                to_string(info.needs), to_string(info.unit), std::to_string(info.minimum_n),
                info.meaning);
    }
  }
  if (options.json) return service::exit_code::ok;
  std::printf("\nn: the fewest samples a value rests on. %s gives", options.provider.c_str());
  for (const auto capability : provider.capabilities) {
    std::printf(" %s", std::string(to_string(capability)).c_str());
  }
  std::printf(".\n");
  for (const SignalInfo& info : missing) {
    std::printf("not from %s: %s needs %s\n", options.provider.c_str(),
                std::string(info.name).c_str(), std::string(to_string(info.needs)).c_str());
  }
  std::printf("Formulas, defaults and when a number means nothing: docs/signals.md.\n");
  return service::exit_code::ok;
}

}  // namespace depthwire::cli
