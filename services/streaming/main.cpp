#include "common/ctrader/edge_loop.hpp"
#include "common/ctrader/wiring.hpp"
#include "common/service/bus_wiring.hpp"
#include "common/service/run.hpp"
#include "services/streaming/actors/session.hpp"
#include "services/streaming/actors/telemetry.hpp"
#include "services/streaming/config.hpp"

#include <boost/asio/io_context.hpp>

namespace {

using namespace depthwire;

/// The whole of streaming, on one thread, until it is stopped.
void stream(service::Runtime& runtime, const streaming::Config& config,
            const std::stop_token& stop) {
  boost::asio::io_context io;
  streaming::Telemetry telemetry(runtime);
  streaming::Session session(
      io, runtime.context(),
      {.publisher = service::publisher_options(runtime, config.bus, config.bus.streaming),
       .client = ctrader::client_options(config.ctrader, runtime.which(), "streaming"),
       .enabled = config.ctrader.enabled,
       .symbols = config.symbols,
       .live_bars = config.live_bars,
       .quality = {.spot_silence = config.quality.spot_silence,
                   .depth_silence = config.quality.depth_silence,
                   .outlier = {.spreads = config.quality.outlier_spreads,
                               .deviations = config.quality.outlier_deviations}}},
      {.state = [&](auto state, const auto& reason) { telemetry.state(state, reason); },
       .give_up = [&](const auto& reason) { runtime.fail(service::exit_code::config, reason); },
       .account = [&](auto id, auto state,
                      const auto& reason) { telemetry.account(id, state, reason); }});
  session.start();
  ctrader::run_loop(io, stop, [&] {
    session.tick();
    telemetry.report(session);
  });
  session.stop("the process ends");
}

}  // namespace

int main(int argc, char** argv) {
  return service::run<streaming::Config>(
      {.name = "streaming", .summary = "Streams a cTrader account's market data into a journal."},
      argc, argv, [](service::Runtime& runtime, const streaming::Config& config) {
        runtime.thread("feed", [&runtime, &config](const std::stop_token& stop) {
          stream(runtime, config, stop);
        });
      });
}
