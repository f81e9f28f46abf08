#include "common/service/bus_wiring.hpp"
#include "common/service/run.hpp"
#include "services/persister/actors/status.hpp"
#include "services/persister/actors/writer.hpp"
#include "services/persister/config.hpp"

#include <memory>
#include <stop_token>

namespace depthwire::persister {
namespace {

WriterSettings writer_settings(const service::Runtime& runtime, const Config& config) {
  WriterSettings settings;
  settings.database =
      config.database.settings(runtime.environment(), config.database.persister, runtime.process());
  for (const std::string& name : config.sources) {
    settings.sources.push_back(service::subscriber_options(runtime, config.bus, name));
  }
  settings.limits.rows = config.batch_rows;
  settings.limits.age = config.batch_age;
  // A simulated market may lie in any year and is there to be looked at.
  if (runtime.which() != config::Environment::sim) settings.retention = config.retention.tables();
  return settings;
}

void start(service::Runtime& runtime, const Config& config) {
  auto status = std::make_shared<Status>(runtime.metrics(), &runtime.health());
  auto writer =
      std::make_shared<Writer>(runtime.context(), writer_settings(runtime, config), *status);
  runtime.thread("writer", [status, writer](const std::stop_token& stop) {
    const std::stop_callback stopping(stop, [&] { writer->stop(); });
    writer->run();
  });
}

}  // namespace
}  // namespace depthwire::persister

int main(int argc, char** argv) {
  using namespace depthwire;
  return service::run<persister::Config>(
      {.name = "persister", .summary = "Stores every journal in PostgreSQL, each record once."},
      argc, argv, persister::start);
}
