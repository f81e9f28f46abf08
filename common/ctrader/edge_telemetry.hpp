#pragma once

#include "common/ctrader/client.hpp"
#include "common/service/bus_metrics.hpp"
#include "common/service/runtime.hpp"

#include <string>

namespace depthwire::ctrader {

/// Tells readiness, status and metrics how the connection of a process fares.
class EdgeTelemetry {
 public:
  /// `loop` names the thread whose life it reports.
  EdgeTelemetry(service::Runtime& runtime, const std::string& loop);

  /// The connection's state: not ready until it is `ready`, or where there is none on purpose.
  void state(SessionState state, const std::string& reason);
  /// The loop is alive, the journal has come this far, and so much went over the connection.
  void report(const bus::Publisher& publisher, const Traffic& traffic);

 private:
  service::Health& health_;
  service::Heartbeat& heartbeat_;
  metrics::Gauge& enabled_;
  metrics::Gauge& up_;
  metrics::Counter &bytes_in_, &bytes_out_, &messages_in_, &messages_out_, &unknown_in_,
      &unknown_fields_, &unknown_values_, &throttled_;
  service::PublisherMetrics journal_;
};

}  // namespace depthwire::ctrader
