#include "common/ctrader/edge_telemetry.hpp"

namespace depthwire::ctrader {
namespace {

metrics::Counter& bytes(metrics::Registry& registry, const std::string& direction) {
  return registry.counter("ctrader_bytes_total",
                          "Bytes of the broker's protocol, in and out; without TLS.",
                          {{"direction", direction}});
}

metrics::Counter& messages(metrics::Registry& registry, const std::string& direction) {
  return registry.counter("ctrader_messages_total",
                          "Messages of the broker's protocol, in and out.",
                          {{"direction", direction}});
}

}  // namespace

EdgeTelemetry::EdgeTelemetry(service::Runtime& runtime, const std::string& loop)
    : health_{runtime.health()},
      heartbeat_{health_.heartbeat(loop)},
      enabled_{runtime.metrics().gauge("source_enabled", "0 where there is no broker on purpose.")},
      up_{runtime.metrics().gauge("source_up", "1 while the account is authenticated.")},
      bytes_in_{bytes(runtime.metrics(), "in")},
      bytes_out_{bytes(runtime.metrics(), "out")},
      messages_in_{messages(runtime.metrics(), "in")},
      messages_out_{messages(runtime.metrics(), "out")},
      unknown_in_{runtime.metrics().counter("ctrader_unknown_messages_total",
                                            "Messages of a type that the protocol does not name.")},
      unknown_fields_{runtime.metrics().counter(
          "ctrader_unknown_fields_total",
          "Fields that the protocol does not name; they are passed over.")},
      unknown_values_{runtime.metrics().counter(
          "ctrader_unknown_enum_values_total",
          "Values of enums that the protocol does not name; they count as absent.")},
      throttled_{runtime.metrics().counter("ctrader_throttled_requests_total",
                                           "Requests that waited for the broker's rate limits.")},
      journal_{runtime.metrics()} {
  health_.set("ctrader", "starting");
}

void EdgeTelemetry::state(SessionState state, const std::string& reason) {
  const bool disabled = reason.starts_with("disabled");
  const auto name = disabled ? std::string("disabled") : std::string(to_string(state));
  enabled_.set(disabled ? 0 : 1);
  up_.set(state == SessionState::ready ? 1 : 0);
  // Before the facts: who reads that it is disabled finds it ready too.
  if (disabled || state == SessionState::ready) {
    health_.clear("ctrader");
  } else {
    health_.set("ctrader", name + ": " + reason);
  }
  health_.info("state", name);
  health_.info("reason", reason);
}

void EdgeTelemetry::report(const bus::Publisher& publisher, const Traffic& traffic) {
  heartbeat_.beat();
  bytes_in_.raise_to(traffic.bytes_in);
  bytes_out_.raise_to(traffic.bytes_out);
  messages_in_.raise_to(traffic.messages_in);
  messages_out_.raise_to(traffic.messages_out);
  unknown_in_.raise_to(traffic.unknown_in);
  unknown_fields_.raise_to(traffic.unknown_fields);
  unknown_values_.raise_to(traffic.unknown_enum_values);
  throttled_.raise_to(traffic.throttled_out);
  journal_.update(publisher);
  health_.info("head", std::to_string(publisher.head().offset));
}

}  // namespace depthwire::ctrader
