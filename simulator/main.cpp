#include "common/service/exit_error.hpp"
#include "simulator/options.hpp"
#include "simulator/server/server.hpp"
#include "simulator/wiring.hpp"

#include <pthread.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <thread>

namespace depthwire::simulator {
namespace {

// Signals are taken by one thread that waits for them, so that no handler has to be careful.
class StopSignals {
 public:
  StopSignals() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }
  void wait() const {
    int signal = 0;
    sigwait(&set_, &signal);
  }

 private:
  sigset_t set_{};
};

int serve(const Options& options) {
  const StopSignals signals;
  auto market = make_market(options);
  const auto certificates = ensure_certificates(options.state, options.tls_names);
  spdlog::info("CA certificate: {}", std::filesystem::absolute(certificates.ca).string());
  const auto settings = make_settings(options);
  Server server(settings, std::move(market), certificates);
  std::printf("listening on %s:%u\n", settings.host.c_str(), server.port());
  std::fflush(stdout);
  std::thread stopper([&] {
    signals.wait();
    server.stop();
  });
  server.run();
  stopper.join();
  return service::exit_code::ok;
}

}  // namespace
}  // namespace depthwire::simulator

int main(int argc, char** argv) {
  using namespace depthwire;
  spdlog::set_default_logger(spdlog::stderr_color_mt("depthwire-sim"));
  int exit_code = service::exit_code::ok;
  const auto options = simulator::parse_options(argc, argv, exit_code);
  if (!options) return exit_code;
  try {
    return simulator::serve(*options);
  } catch (const service::ExitError& error) {
    spdlog::critical("{}", error.what());
    return error.code();
  } catch (const std::exception& error) {
    spdlog::critical("{}", error.what());
    return service::exit_code::software;
  }
}
