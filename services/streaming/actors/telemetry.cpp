#include "services/streaming/actors/telemetry.hpp"

namespace depthwire::streaming {
namespace {

metrics::Counter& events(metrics::Registry& registry, const std::string& kind) {
  return registry.counter("feed_events_total", "Events of the broker that became records, by kind.",
                          {{"kind", kind}});
}

metrics::Counter& dropped(metrics::Registry& registry, const std::string& reason) {
  return registry.counter("feed_dropped_total", "Events of the broker that did not.",
                          {{"reason", reason}});
}

void catch_up(metrics::Counter& counter, std::uint64_t value, std::uint64_t& reported) {
  counter.add(value - reported);
  reported = value;
}

}  // namespace

Telemetry::Telemetry(service::Runtime& runtime)
    : edge_{runtime, "feed"},
      counters_{events(runtime.metrics(), "spot"),
                events(runtime.metrics(), "depth"),
                events(runtime.metrics(), "bar"),
                runtime.metrics().counter("feed_resets_total", "Books emptied on purpose."),
                runtime.metrics().counter("feed_keyframes_total", "Whole books journaled."),
                dropped(runtime.metrics(), "unknown_symbol"),
                dropped(runtime.metrics(), "undecodable"),
                dropped(runtime.metrics(), "refused"),
                runtime.metrics().counter("feed_unknown_removals_total",
                                          "Removed quotes that were not in the book.")},
      symbols_{runtime.metrics().gauge("feed_symbols", "Symbols that are subscribed.")} {}

void Telemetry::report(const Session& session) {
  edge_.report(session.publisher());
  const auto& counts = session.counts();
  catch_up(counters_.spots, counts.spots, reported_.spots);
  catch_up(counters_.depth_events, counts.depth_events, reported_.depth_events);
  catch_up(counters_.bars, counts.bars, reported_.bars);
  catch_up(counters_.resets, counts.resets, reported_.resets);
  catch_up(counters_.keyframes, counts.keyframes, reported_.keyframes);
  catch_up(counters_.unknown_symbols, counts.unknown_symbols, reported_.unknown_symbols);
  catch_up(counters_.undecodable, counts.undecodable + session.undecodable_frames(),
           reported_.undecodable);
  catch_up(counters_.refused, counts.refused, reported_.refused);
  catch_up(counters_.unknown_removals, counts.unknown_removals, reported_.unknown_removals);
  symbols_.set(static_cast<double>(session.symbols()));
}

}  // namespace depthwire::streaming
