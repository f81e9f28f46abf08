#pragma once

#include "common/bus/subscriber.hpp"
#include "common/service/runtime.hpp"
#include "services/auditor/log/audit_log.hpp"

#include <zmq.hpp>

#include <chrono>
#include <mutex>
#include <stop_token>
#include <string>

namespace depthwire::auditor {

/// The log, shared by the threads that follow one source each.
class SharedLog {
 public:
  explicit SharedLog(const std::filesystem::path& path) : log_(path) {}

  /// Waits until no other process writes the log, then repairs it. False when stopped before.
  [[nodiscard]] bool open(service::Runtime& runtime, const std::stop_token& stop);
  [[nodiscard]] journal::Position position(const std::string& source) const;
  void append(std::string_view lines, const std::string& source, journal::Position position);
  void save_positions();

 private:
  mutable std::mutex mutex_;
  AuditLog log_;
};

/// Follows one source from where the log stands and writes what its connection tells. Until stop.
/// Throws service::ExitError: 74 when the disk fails, 65 for an event that cannot be read: an audit
/// that skips is none.
void follow(service::Runtime& runtime, bus::SubscriberOptions options, SharedLog& log,
            const std::stop_token& stop);

}  // namespace depthwire::auditor
