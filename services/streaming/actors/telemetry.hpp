#pragma once

#include "common/ctrader/session.hpp"
#include "common/service/runtime.hpp"
#include "services/streaming/actors/session.hpp"

#include <string>

namespace depthwire::streaming {

/// Tells metrics, readiness and status how streaming fares.
class Telemetry {
 public:
  explicit Telemetry(service::Runtime& runtime);

  /// The connection's state: not ready until it is `ready`, or where there is none on purpose.
  void state(ctrader::SessionState state, const std::string& reason);
  /// Brings all figures up to date. Called often, from the session's thread.
  void report(const Session& session);

 private:
  struct Counters {
    metrics::Counter &spots, &depth_events, &bars, &resets, &keyframes, &unknown_symbols,
        &undecodable, &refused, &unknown_removals;
  };

  service::Health& health_;
  service::Heartbeat& heartbeat_;
  Counters counters_;
  metrics::Gauge& up_;
  metrics::Gauge& symbols_;
  metrics::Gauge& head_;
  FeedCounts reported_;
};

}  // namespace depthwire::streaming
