#pragma once

#include "common/service/alarm.hpp"
#include "common/service/runtime.hpp"
#include "services/gateway/net/gateway.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace depthwire::gateway {

/// Tells the outside how the gateway is: readiness per source, metrics, the loop's heartbeat.
class Monitor {
 public:
  explicit Monitor(service::Runtime& runtime) : runtime_(runtime) {}

  /// Before the loop starts.
  void watch(Gateway& gateway);
  /// Called twice a second on the loop's thread.
  void check();
  /// After the loop has ended.
  void end();

 private:
  void check_source(const Feed& feed);

  service::Runtime& runtime_;
  Gateway* gateway_ = nullptr;
  service::Heartbeat* heartbeat_ = nullptr;
  std::map<std::string, SourceState> states_;
  std::map<std::string, service::Alarm> keys_;
  std::uint64_t lag_ = 0;      // of all sources
  std::uint64_t records_ = 0;  // of all sources
};

}  // namespace depthwire::gateway
