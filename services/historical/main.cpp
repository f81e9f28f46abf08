#include "common/ctrader/edge_loop.hpp"
#include "common/ctrader/edge_telemetry.hpp"
#include "common/ctrader/wiring.hpp"
#include "common/service/bus_wiring.hpp"
#include "common/service/run.hpp"
#include "services/historical/actors/session.hpp"
#include "services/historical/config.hpp"

#include <boost/asio/io_context.hpp>
#include <spdlog/spdlog.h>

#include <utility>

namespace {

using namespace depthwire;

historical::HealingOptions healing_options(const service::Runtime& runtime,
                                           const historical::Config& config) {
  if (config.heal_longest.count() == 0) return {};
  auto streaming = service::subscriber_options(runtime, config.bus, "streaming");
  if (streaming.publish.ends_with(":*")) {
    spdlog::warn(
        "historical: outages are not healed: bus.streaming.publish is {}, a port that nobody "
        "can know",
        streaming.publish);
    return {};
  }
  return {.streaming = std::move(streaming),
          .longest = config.heal_longest,
          .check_bars_every = config.check_live_bars_every};
}

/// The whole of historical, on one thread, until it is stopped.
void serve(service::Runtime& runtime, const historical::Config& config,
           const std::stop_token& stop) {
  boost::asio::io_context io;
  ctrader::EdgeTelemetry telemetry(runtime, "history");
  auto& bars = runtime.metrics().counter("history_bars_total", "Bars of history published.");
  auto& ticks = runtime.metrics().counter("history_ticks_total", "Ticks of history published.");
  auto& requests = runtime.metrics().counter("history_requests_total",
                                             "Requests for history that the broker has answered.");
  auto& jobs = runtime.metrics().gauge("history_open_jobs", "Jobs that are not over.");
  auto& healed_ticks =
      runtime.metrics().counter("healing_ticks_total", "Ticks published that an outage had cost.");
  auto& healed_bars = runtime.metrics().counter(
      "healing_bars_total", "Bars published anew since they lacked ticks of an outage.");
  auto& not_healed = runtime.metrics().counter("healing_given_up_total",
                                               "Outages of a symbol that history cannot heal.");
  auto& gaps =
      runtime.metrics().gauge("healing_gaps", "Symbols whose last outage is not healed yet.");
  auto& checked = runtime.metrics().counter("live_bars_checked_total",
                                            "Live bars that were compared with history.");
  auto& corrected = runtime.metrics().counter(
      "live_bars_corrected_total", "Live bars published as history has them, since it differs.");
  auto& unchecked =
      runtime.metrics().counter("live_bars_unchecked_total",
                                "Live bars that history did not have, or for which was no room.");
  auto& waiting =
      runtime.metrics().gauge("live_bars_waiting", "Live bars that wait to be checked.");
  historical::Session session(
      io, runtime.context(),
      {.publisher = service::publisher_options(runtime, config.bus, config.bus.historical),
       .client = ctrader::client_options(config.ctrader, runtime.which(), "historical"),
       .healing = healing_options(runtime, config),
       .enabled = config.ctrader.enabled},
      {.state = [&](auto state, const auto& reason) { telemetry.state(state, reason); },
       .give_up = [&](const auto& reason) { runtime.fail(service::exit_code::config, reason); }});
  session.start();
  ctrader::run_loop(io, stop, [&] {
    session.tick();
    telemetry.report(session.publisher(), session.traffic());
    bars.raise_to(session.counts().bars);
    ticks.raise_to(session.counts().ticks);
    requests.raise_to(session.counts().requests);
    jobs.set(static_cast<double>(session.open_jobs()));
    healed_ticks.raise_to(session.healed().ticks);
    healed_bars.raise_to(session.healed().bars);
    not_healed.raise_to(session.healed().given_up);
    gaps.set(static_cast<double>(session.gaps()));
    checked.raise_to(session.checked().checked);
    corrected.raise_to(session.checked().corrected);
    unchecked.raise_to(session.checked().unchecked);
    waiting.set(static_cast<double>(session.unchecked_bars()));
  });
  session.stop("the process ends");
}

}  // namespace

int main(int argc, char** argv) {
  return service::run<historical::Config>(
      {.name = "historical", .summary = "Fetches bars and ticks of a cTrader account on command."},
      argc, argv, [](service::Runtime& runtime, const historical::Config& config) {
        runtime.thread("history", [&runtime, &config](const std::stop_token& stop) {
          serve(runtime, config, stop);
        });
      });
}
