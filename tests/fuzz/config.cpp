// Arbitrary text as a configuration file, as a variable and a flag of some process (which one, its
// length decides), and as a .env file. Each is
// taken or refused with words that name the place; nothing is taken by halves.
#include "services/aggregator/config.hpp"

#include "cli/env_file.hpp"
#include "common/config/load.hpp"
#include "common/service/host_config.hpp"
#include "services/analyzer/config.hpp"
#include "services/auditor/config.hpp"
#include "services/gateway/config.hpp"
#include "services/persister/config.hpp"
#include "services/streaming/config.hpp"
#include "simulator/config.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "tests/support/temp_dir.hpp"

#include <fstream>
#include <string>

namespace {

using namespace depthwire;

/// Loads the settings of one process.
template <class Config>
void load(const char* name, const config::Sources& sources) {
  Config settings;
  service::HostConfig host(name);
  auto schema = config::describe(name, "", settings);
  schema.merge(config::describe(name, "", host));
  try {
    (void)config::load(schema, sources);
  } catch (const config::ConfigError& error) {
    fuzz::require(!error.problems().empty(), "a refusal says why");
    for (const auto& problem : error.problems()) {
      fuzz::require(!problem.text.empty(), "a problem has words");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tests::TempDir dir;
  const auto text = std::string(fuzz::text(data, size));
  const auto file = dir.path() / "config.yaml";
  std::ofstream(file, std::ios::binary) << text;

  const auto line = text.substr(0, text.find('\n'));
  const auto equals = std::min(line.find('='), line.size());
  const auto value = line.substr(std::min(line.size(), equals + 1));
  const config::Sources sources{.file = file,
                                .variables = {{"DEPTHWIRE_" + line.substr(0, equals), value}},
                                .flags = {{line.substr(0, equals), value}}};
  switch (size % 7) {
    case 0: load<streaming::Config>("streaming", sources); break;
    case 1: load<aggregator::Config>("aggregator", sources); break;
    case 2: load<analyzer::Config>("analyzer", sources); break;
    case 3: load<auditor::Config>("auditor", sources); break;
    case 4: load<gateway::Config>("gateway", sources); break;
    case 5: load<persister::Config>("persister", sources); break;
    default: load<simulator::Config>("simulator", sources); break;
  }

  const auto variables = cli::parse_env(text);
  fuzz::require(variables || !variables.error().empty(), "a refusal says why");
  return 0;
}
