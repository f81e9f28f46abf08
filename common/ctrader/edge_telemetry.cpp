#include "common/ctrader/edge_telemetry.hpp"

namespace depthwire::ctrader {

EdgeTelemetry::EdgeTelemetry(service::Runtime& runtime, const std::string& loop)
    : health_{runtime.health()},
      heartbeat_{health_.heartbeat(loop)},
      enabled_{runtime.metrics().gauge("source_enabled", "0 where there is no broker on purpose.")},
      up_{runtime.metrics().gauge("source_up", "1 while the account is authenticated.")},
      journal_{runtime.metrics()} {
  health_.set("ctrader", "starting");
}

void EdgeTelemetry::state(SessionState state, const std::string& reason) {
  const bool disabled = reason.starts_with("disabled");
  const auto name = disabled ? std::string("disabled") : std::string(to_string(state));
  health_.info("state", name);
  health_.info("reason", reason);
  enabled_.set(disabled ? 0 : 1);
  up_.set(state == SessionState::ready ? 1 : 0);
  if (disabled || state == SessionState::ready) {
    health_.clear("ctrader");
  } else {
    health_.set("ctrader", name + ": " + reason);
  }
}

void EdgeTelemetry::report(const bus::Publisher& publisher) {
  heartbeat_.beat();
  journal_.update(publisher);
  health_.info("head", std::to_string(publisher.head().offset));
}

}  // namespace depthwire::ctrader
