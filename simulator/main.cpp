#include "common/service/run.hpp"
#include "simulator/arguments.hpp"
#include "simulator/config.hpp"
#include "simulator/ctl.hpp"
#include "simulator/server/server.hpp"
#include "simulator/wiring.hpp"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <stop_token>
#include <string_view>
#include <system_error>
#include <vector>

namespace depthwire::simulator {
namespace {

// What /metrics and /readyz show of the server, from its own thread four times a second.
class Monitor {
 public:
  explicit Monitor(service::Runtime& runtime)
      : health_(runtime.health()),
        heartbeat_(runtime.health().heartbeat("server")),
        events_(
            runtime.metrics().gauge("simulator_market_events", "Events that the market has made.")),
        clients_(runtime.metrics().gauge("simulator_clients", "Connections that are open.")),
        clock_(runtime.metrics().gauge("simulator_clock_seconds",
                                       "The market's time, since the UNIX epoch.")) {}

  void show(const ServerStatus& status) {
    heartbeat_.beat();
    events_.set(static_cast<double>(status.market_events));
    clients_.set(static_cast<double>(status.clients));
    clock_.set(static_cast<double>(status.time_ns) / 1e9);
    health_.info("market", to_string(status.market));
    health_.info("events", std::to_string(status.market_events));
  }

 private:
  service::Health& health_;
  service::Heartbeat& heartbeat_;
  metrics::Gauge& events_;
  metrics::Gauge& clients_;
  metrics::Gauge& clock_;
};

void serve(service::Runtime& runtime, const Config& config) {
  auto market = make_market(config);
  const auto certificates = ensure_certificates(config.state, config.tls_names);
  spdlog::info("CA certificate: {}", std::filesystem::absolute(certificates.ca).string());
  auto settings = make_settings(config);
  const auto monitor = std::make_shared<Monitor>(runtime);
  settings.on_tick = [monitor](const ServerStatus& status) { monitor->show(status); };
  const std::string host = settings.host;
  const std::string json_host = settings.json_host;
  std::shared_ptr<Server> server;
  try {
    server = std::make_shared<Server>(std::move(settings), std::move(market), certificates);
  } catch (const std::system_error& error) {
    throw service::ExitError(service::exit_code::port_in_use,
                             std::string("simulator.listen, listen_json or web: ") + error.what());
  }
  runtime.thread("server", [server](const std::stop_token&) { server->run(); });
  runtime.on_stop([server] { server->stop(); });
  // For whoever asked for any free port.
  if (server->web_port() != 0) std::printf("web at https://localhost:%u\n", server->web_port());
  std::printf("listening on %s:%u\nJSON on %s:%u\n", host.c_str(), server->port(),
              json_host.c_str(), server->json_port());
  std::fflush(stdout);
}

}  // namespace
}  // namespace depthwire::simulator

int main(int argc, char** argv) {
  using namespace depthwire;
  if (argc > 1 && std::string_view(argv[1]) == "ctl") {
    return simulator::ctl(argv[0], {argv + 2, argv + argc});
  }
  constexpr std::string_view summary =
      "A cTrader Open API server that replays recorded markets or generates one. Every setting of "
      "its section is an option too: --speed max is --set simulator.speed=max. `depthwire-sim ctl "
      "--help` tells how to make it do wrong.";
  simulator::Config known;
  const auto arguments = simulator::with_short_options(
      {argv + 1, argv + argc}, config::describe("simulator", summary, known));
  std::vector<char*> pointers{argv[0]};
  std::vector<std::string> texts(arguments);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return service::run<simulator::Config>({.name = "simulator", .summary = summary},
                                         static_cast<int>(pointers.size()) - 1, pointers.data(),
                                         simulator::serve);
}
