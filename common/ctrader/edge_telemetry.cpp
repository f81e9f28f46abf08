#include "common/ctrader/edge_telemetry.hpp"

namespace depthwire::ctrader {

EdgeTelemetry::EdgeTelemetry(service::Runtime& runtime, const std::string& loop)
    : health_{runtime.health()},
      heartbeat_{health_.heartbeat(loop)},
      up_{runtime.metrics().gauge("source_up", "1 while the account is authenticated.")},
      head_{runtime.metrics().gauge("journal_head_offset", "Offset of the newest record.")} {
  health_.set("ctrader", "starting");
}

void EdgeTelemetry::state(SessionState state, const std::string& reason) {
  const bool disabled = reason.starts_with("disabled");
  const auto name = disabled ? std::string("disabled") : std::string(to_string(state));
  health_.info("state", name);
  health_.info("reason", reason);
  up_.set(state == SessionState::ready ? 1 : 0);
  if (disabled || state == SessionState::ready) {
    health_.clear("ctrader");
  } else {
    health_.set("ctrader", name + ": " + reason);
  }
}

void EdgeTelemetry::report(journal::Position head) {
  heartbeat_.beat();
  head_.set(static_cast<double>(head.offset));
  health_.info("head", std::to_string(head.offset));
}

}  // namespace depthwire::ctrader
