#include "services/auditor/log/follower.hpp"

#include "common/service/alarm.hpp"
#include "common/service/bus_metrics.hpp"
#include "proto/bus/envelope.pb.h"
#include "services/auditor/core/line.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <system_error>
#include <utility>
#include <variant>

namespace depthwire::auditor {
namespace {

using std::chrono::milliseconds;
namespace exit_code = service::exit_code;

constexpr milliseconds wait_for_records{300};  // a heartbeat comes before that
constexpr std::chrono::seconds save_every{5};

std::int64_t utc_now_ns() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::nanoseconds(now).count();
}

/// One source's part of the process.
class Follower {
 public:
  Follower(service::Runtime& runtime, bus::SubscriberOptions options, SharedLog& log)
      : runtime_(runtime),
        source_(options.source),
        subscriber_(runtime.context(), std::move(options)),
        log_(log),
        keys_(runtime, source_ + ".keys"),
        heartbeat_(runtime.health().heartbeat(source_)),
        metrics_(runtime.metrics(), source_),
        lines_(runtime.metrics().counter("auditor_lines_total", "Lines written to the log.",
                                         {{"source", source_}})) {}
  ~Follower() { runtime_.health().retire(source_); }
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  void run(const std::stop_token& stop) {
    auto save_at = std::chrono::steady_clock::now() + save_every;
    while (!stop.stop_requested()) {
      heartbeat_.beat();
      take(subscriber_.receive(wait_for_records));
      const auto head = subscriber_.head().offset;
      metrics_.update(head - std::min(head, subscriber_.last().offset), subscriber_);
      keys_.set(subscriber_.problem());
      if (std::chrono::steady_clock::now() < save_at) continue;
      log_.save_positions();
      save_at = std::chrono::steady_clock::now() + save_every;
    }
    log_.save_positions();
  }

 private:
  void take(const bus::Batch& batch) {
    std::string lines;
    auto done = log_.position(source_);
    for (const auto& notice : batch.notices) {
      if (const auto* lost = std::get_if<bus::Lost>(&notice)) {
        lines += loss_line(utc_now_ns(), source_, lost->after, lost->first);
        done = {lost->first.epoch, lost->first.offset - 1};
        lines_.add();
      }
      tell(notice);
    }
    for (const auto& record : batch.records) {
      lines += line_of(record);
      done = record.position();
    }
    if (batch.records.empty() && lines.empty()) return;
    log_.append(lines, source_, done);
    subscriber_.acknowledge(done);
  }

  std::string line_of(const journal::Record& record) {
    if (record.header.payload_type != bus::Envelope::kConnection) return {};
    bus::Envelope envelope;
    if (!envelope.ParseFromArray(record.payload.data(), static_cast<int>(record.payload.size())) ||
        !envelope.has_connection()) {
      throw service::ExitError(exit_code::corrupt,
                               "the connection event at " + source_ + ":" +
                                   journal::to_string(record.position()) +
                                   " cannot be read; the audit does not go past it");
    }
    lines_.add();
    return connection_line(envelope, source_, record.position(), record.header.publish_time_ns);
  }

  void tell(const bus::Notice& notice) {
    if (std::holds_alternative<bus::Fresh>(notice) ||
        std::holds_alternative<bus::Resumed>(notice)) {
      runtime_.health().clear(source_);
    } else if (std::holds_alternative<bus::Stale>(notice)) {
      runtime_.health().set(source_, "stale: nothing is heard of it");
    } else if (const auto* halted = std::get_if<bus::Halted>(&notice)) {
      spdlog::error("{}", halted->reason);
      runtime_.health().set(source_, halted->reason);
    }
  }

  service::Runtime& runtime_;
  std::string source_;
  bus::Subscriber subscriber_;
  SharedLog& log_;
  service::Alarm keys_;
  service::Heartbeat& heartbeat_;
  service::SubscriberMetrics metrics_;
  metrics::Counter& lines_;
};

}  // namespace

bool SharedLog::open(service::Runtime& runtime, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock waiting(mutex);
  bool told = false;
  while (!log_.try_lock()) {
    if (!std::exchange(told, true)) {
      spdlog::warn("another auditor writes this log; waiting for it to end");
      runtime.health().set("lock", "another auditor writes this log");
    }
    wake.wait_for(waiting, stop, wait_for_records, [] { return false; });
    if (stop.stop_requested()) return false;
  }
  runtime.health().clear("lock");
  log_.recover();
  if (log_.torn_bytes() != 0) spdlog::warn("cut {} bytes of a torn last line", log_.torn_bytes());
  return true;
}

journal::Position SharedLog::position(const std::string& source) const {
  const std::lock_guard lock(mutex_);
  const auto found = log_.positions().find(source);
  return found == log_.positions().end() ? journal::Position{} : found->second;
}

void SharedLog::append(std::string_view lines, const std::string& source,
                       journal::Position position) {
  const std::lock_guard lock(mutex_);
  log_.append(lines, source, position);
}

void SharedLog::save_positions() {
  const std::lock_guard lock(mutex_);
  log_.save_positions();
}

void follow(service::Runtime& runtime, bus::SubscriberOptions options, SharedLog& log,
            const std::stop_token& stop) {
  const auto last = log.position(options.source);
  if (last != journal::Position{}) options.start = bus::After{last};
  try {
    Follower(runtime, std::move(options), log).run(stop);
  } catch (const std::system_error& error) {
    throw service::ExitError(exit_code::disk, error.what());
  }
}

}  // namespace depthwire::auditor
