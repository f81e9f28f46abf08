#include "services/gateway/monitor.hpp"

#include <spdlog/spdlog.h>

namespace depthwire::gateway {
namespace {

/// A view is complete without history: streaming runs alone, too.
bool is_optional(const Feed& feed) { return feed.source().ends_with(".historical"); }

}  // namespace

void Monitor::watch(Gateway& gateway) {
  gateway_ = &gateway;
  heartbeat_ = &runtime_.health().heartbeat("loop");
  for (const auto& feed : gateway.feeds()) {
    states_[feed->source()] = SourceState::catching_up;
    if (!is_optional(*feed)) runtime_.health().set(feed->source(), "catching up");
  }
}

void Monitor::check() {
  if (gateway_ == nullptr) return;  // the server is being made
  heartbeat_->beat();
  lag_ = records_ = 0;
  for (const auto& feed : gateway_->feeds()) check_source(*feed);
  runtime_.health().info("lag", std::to_string(lag_));
  runtime_.health().info("events", std::to_string(records_));
  auto& metrics = runtime_.metrics();
  const auto& hub = gateway_->hub();
  const auto& counters = hub.counters();
  metrics.gauge("gateway_clients", "WebSockets that are open.")
      .set(static_cast<double>(hub.clients()));
  metrics.counter("gateway_messages_sent_total", "Messages queued for clients.")
      .raise_to(counters.frames_sent);
  metrics.counter("gateway_messages_conflated_total", "Messages that slow clients were spared.")
      .raise_to(counters.frames_conflated);
  metrics.counter("gateway_clients_closed_slow_total", "Clients that read too slowly.")
      .raise_to(counters.closed_slow);
  metrics.counter("gateway_refused_total", "Connections and requests that were refused.")
      .raise_to(counters.refused);
  metrics.counter("gateway_bad_messages_total", "Messages of clients that were refused.")
      .raise_to(counters.bad_messages);
  metrics.counter("gateway_undecodable_total", "Records of the bus that were not readable.")
      .raise_to(hub.board().undecodable());
}

void Monitor::end() { runtime_.health().retire("loop"); }

void Monitor::check_source(const Feed& feed) {
  const auto& source = feed.source();
  // As all others call it: without the environment, of which there is only one.
  const metrics::Labels labels = {{"source", source.substr(source.find('.') + 1)}};
  auto& metrics = runtime_.metrics();
  metrics.counter("gateway_records_total", "Records received from the bus.", labels)
      .raise_to(feed.records());
  metrics.counter("gaps_total", "Times that records of a source had to be fetched.", labels)
      .raise_to(feed.gaps());
  lag_ += feed.lag();
  records_ += feed.records();
  metrics.gauge("lag_records", "Records of a source that are still to be dealt with.", labels)
      .set(static_cast<double>(feed.lag()));
  keys_.try_emplace(source, runtime_, source + ".keys").first->second.set(feed.problem());
  const auto state = feed.state();
  auto& known = states_[feed.source()];
  if (state == known) return;
  known = state;
  spdlog::info("{} is {}", feed.source(), to_string(state));
  runtime_.health().info(feed.source(), to_string(state));
  if (state == SourceState::live || is_optional(feed)) {
    runtime_.health().clear(feed.source());
  } else {
    runtime_.health().set(feed.source(), to_string(state));
  }
}

}  // namespace depthwire::gateway
