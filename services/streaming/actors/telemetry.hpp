#pragma once

#include "common/ctrader/edge_telemetry.hpp"
#include "services/streaming/actors/session.hpp"

#include <array>
#include <chrono>
#include <map>
#include <string>

namespace depthwire::streaming {

/// Tells metrics, readiness and status how streaming fares.
class Telemetry {
 public:
  explicit Telemetry(service::Runtime& runtime);

  void state(ctrader::SessionState state, const std::string& reason) { edge_.state(state, reason); }
  /// Of a further account on the connection.
  void account(std::int64_t id, ctrader::SessionState state, const std::string& reason);
  /// Brings all figures up to date. Called often, from the session's thread.
  void report(const Session& session);

 private:
  struct Counters {
    metrics::Counter &spots, &depth_events, &bars, &resets, &keyframes, &unknown_symbols,
        &undecodable, &refused, &unknown_removals;
  };
  using Checks = std::array<metrics::Counter*, check_count>;

  void report_checks(const Feed& feed);

  ctrader::EdgeTelemetry edge_;
  service::Health& health_;
  metrics::Registry& registry_;
  Counters counters_;
  std::map<std::string, Checks> checks_;  // by symbol
  std::chrono::steady_clock::time_point next_checks_;
  metrics::Gauge& symbols_;
};

}  // namespace depthwire::streaming
