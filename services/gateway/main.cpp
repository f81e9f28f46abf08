#include "common/service/bus_wiring.hpp"
#include "common/service/run.hpp"
#include "services/gateway/config.hpp"
#include "services/gateway/history/history_reader.hpp"
#include "services/gateway/monitor.hpp"
#include "services/gateway/net/gateway.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace depthwire;

/// Raw depth is most of what streaming says and nothing that a browser shows.
std::vector<std::string> topics(const std::string& environment, const std::string& name) {
  std::vector<std::string> kinds;
  if (name == "streaming") kinds = {"spot", "bar", "symbol", "connection"};
  if (name == "historical") kinds = {"connection"};
  for (auto& kind : kinds) kind = environment + "." + kind + ".";
  return kinds;
}

std::vector<bus::SubscriberOptions> sources(const service::Runtime& runtime,
                                            const gateway::Config& config) {
  std::vector<bus::SubscriberOptions> out;
  for (const auto& name : config.sources) {
    auto options = service::subscriber_options(runtime, config.bus, name);
    options.start = bus::FromNewest{};
    options.topic_prefixes = topics(runtime.environment(), name);
    out.push_back(std::move(options));
  }
  return out;
}

gateway::ServerSettings server_settings(const gateway::Config& config, std::string_view build) {
  gateway::ServerSettings settings;
  settings.address = config.address;
  settings.port = config.port;
  settings.allow_remote = config.allow_remote;
  settings.origins = config.origins;
  settings.max_clients = config.max_clients;
  settings.max_clients_per_address = config.max_clients_per_address;
  settings.outbox.max_bytes = config.queue_kib << 10U;
  settings.slow_after = config.slow_after;
  settings.ping_every = config.ping_every;
  settings.version = build;
  return settings;
}

std::shared_ptr<gateway::HistoryReader> history_reader(service::Runtime& runtime,
                                                       const gateway::Config& config) {
  const auto historical = service::subscriber_options(runtime, config.bus, "historical");
  return std::make_shared<gateway::HistoryReader>(
      runtime.context(),
      gateway::HistoryOptions{.environment = runtime.environment(),
                              .requests = historical.requests,
                              .curve = historical.curve,
                              .server_public_key = historical.server_public_key,
                              .database = config.database.settings(
                                  runtime.environment(), config.database.reader, "gateway")});
}

void start(service::Runtime& runtime, const gateway::Config& config) {
  auto settings = server_settings(config, runtime.build());
  auto monitor = std::make_shared<gateway::Monitor>(runtime);
  settings.on_check = [monitor] { monitor->check(); };
  auto history = history_reader(runtime, config);
  settings.history = [history](gateway::HistoryQuery query, auto answer) {
    return history->submit(std::move(query), std::move(answer));
  };
  auto parts = std::make_shared<gateway::Gateway>(runtime.context(), runtime.environment(),
                                                  std::move(settings), sources(runtime, config));
  monitor->watch(*parts);
  spdlog::info("The page is at {}", parts->url());
  runtime.health().info("url", parts->url());
  // Stopped in the opposite order: nothing more is read of history, the loop is told to end, has
  // ended, is no longer watched.
  runtime.on_stop([monitor] { monitor->end(); });
  runtime.thread("loop", [parts](const std::stop_token&) { parts->run(); });
  runtime.on_stop([parts] { parts->stop(); });
  runtime.on_stop([history] { history->stop(); });
}

}  // namespace

int main(int argc, char** argv) {
  return service::run<gateway::Config>(
      {.name = "gateway", .summary = "Serves the live page and the WebSocket to browsers."}, argc,
      argv, start);
}
