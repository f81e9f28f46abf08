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

}  // namespace

Telemetry::Telemetry(service::Runtime& runtime)
    : edge_{runtime, "feed"},
      health_{runtime.health()},
      registry_{runtime.metrics()},
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

/// Its loss does not make streaming unready, which is about the market data.
void Telemetry::account(std::int64_t id, ctrader::SessionState state, const std::string& reason) {
  const auto name = std::to_string(id);
  const bool ready = state == ctrader::SessionState::ready;
  registry_
      .gauge("further_account_up", "1 while this further account is authenticated.",
             {{"account", name}})
      .set(ready ? 1 : 0);
  health_.info("account " + name, std::string(to_string(state)) + (ready ? "" : ": " + reason));
}

void Telemetry::report(const Session& session) {
  edge_.report(session.publisher(), session.traffic());
  const auto& counts = session.counts();
  counters_.spots.raise_to(counts.spots);
  counters_.depth_events.raise_to(counts.depth_events);
  counters_.bars.raise_to(counts.bars);
  counters_.resets.raise_to(counts.resets);
  counters_.keyframes.raise_to(counts.keyframes);
  counters_.unknown_symbols.raise_to(counts.unknown_symbols);
  counters_.undecodable.raise_to(counts.undecodable + session.undecodable_frames());
  counters_.refused.raise_to(counts.refused);
  counters_.unknown_removals.raise_to(counts.unknown_removals);
  symbols_.set(static_cast<double>(session.symbols()));
  report_checks(session.feed());
}

/// Once a second: there may be a thousand symbols.
void Telemetry::report_checks(const Feed& feed) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_checks_) return;
  next_checks_ = now + std::chrono::seconds{1};
  feed.visit_checks([this](const std::string& symbol, const CheckCounts& counts) {
    const auto [found, is_new] = checks_.try_emplace(symbol);
    for (std::size_t i = 0; i < check_count; ++i) {
      auto*& counter = found->second[i];
      if (is_new) {
        counter = &registry_.counter(
            "feed_quality_total", "What was found of a symbol's data, by check.",
            {{"check", std::string(to_string(static_cast<Check>(i)))}, {"symbol", symbol}});
      }
      counter->raise_to(counts[i]);
    }
  });
}

}  // namespace depthwire::streaming
