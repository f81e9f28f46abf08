#include "common/service/bus_wiring.hpp"
#include "common/service/run.hpp"
#include "services/auditor/config.hpp"
#include "services/auditor/log/follower.hpp"

#include <memory>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

namespace {

using namespace depthwire;

std::shared_ptr<auditor::SharedLog> open_log(const service::Runtime& runtime,
                                             const auditor::Config& config) {
  const auto path = config.directory / (runtime.environment() + "_connection.log");
  try {
    return std::make_shared<auditor::SharedLog>(path);
  } catch (const std::system_error& error) {
    throw service::ExitError(service::exit_code::disk, error.what());
  }
}

void start(service::Runtime& runtime, const auditor::Config& config) {
  auto log = open_log(runtime, config);
  std::vector<bus::SubscriberOptions> sources;
  for (const auto& name : config.sources) {
    sources.push_back(service::subscriber_options(runtime, config.bus, name));
  }
  runtime.thread("log", [&runtime, log, sources](const std::stop_token& stop) {
    if (!log->open(runtime, stop)) return;
    std::vector<std::jthread> followers;
    for (const auto& source : sources) {
      followers.emplace_back([&runtime, log, source, stop] {
        try {
          auditor::follow(runtime, source, *log, stop);
        } catch (...) {
          runtime.fail(std::current_exception());
        }
      });
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  return service::run<auditor::Config>(
      {.name = "auditor", .summary = "Writes down every change of the broker's connections, once."},
      argc, argv, start);
}
