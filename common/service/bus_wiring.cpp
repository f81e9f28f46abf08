#include "common/service/bus_wiring.hpp"

#include "common/service/alarm.hpp"

#include <poll.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <memory>

namespace depthwire::service {
namespace {

constexpr std::chrono::milliseconds look_for_room_every{500};

// True when room should be looked for again, false when the process is to stop.
bool wait_for_room(Runtime& runtime, const std::string& why) {
  runtime.health().set("journal_full", why);
  spdlog::warn("{} Waiting for it.", why);
  pollfd stop{runtime.stop_descriptor(), POLLIN, 0};
  ::poll(&stop, 1, static_cast<int>(look_for_room_every.count()));
  return !runtime.stopping();
}

void tell_full(Runtime& runtime, bool full) {
  if (!full) {
    spdlog::warn("the journal's disk has room again: publishing goes on");
    return runtime.health().clear("journal_full");
  }
  const std::string why = "the journal's disk is full: nothing is published until there is room";
  spdlog::error("{}", why);
  runtime.health().set("journal_full", why);
}

// What the keeper of a journal has to tell, as readiness and metrics.
class KeeperTelemetry {
 public:
  explicit KeeperTelemetry(Runtime& runtime)
      : space_(runtime, "journal_space"),
        damage_(runtime, "journal_damage"),
        trouble_(runtime, "journal_retention"),
        free_(runtime.metrics().gauge("journal_free_ratio", "Free part of the journal's disk.")),
        bytes_(runtime.metrics().gauge("journal_bytes", "Finished segments of the journal.")),
        left_(runtime.metrics().gauge("journal_unchecked_segments",
                                      "Segments whose checksums are still to be checked.")),
        removed_(runtime.metrics().counter("journal_removed_segments_total",
                                           "Segments that retention has removed.")),
        archived_(runtime.metrics().counter("journal_archived_segments_total",
                                            "Segments that were archived.")) {}

  void tell(const journal::KeeperReport& report) {
    const auto total = std::max<double>(1, static_cast<double>(report.space.total));
    const auto free = static_cast<double>(report.space.free) / total;
    free_.set(free);
    bytes_.set(static_cast<double>(report.bytes));
    left_.set(static_cast<double>(report.left_to_check));
    removed_.raise_to(report.removed);
    archived_.raise_to(report.archived);
    space_.set(report.low_space ? "the journal's disk is nearly full: less than "
                                  "bus.retention.min_free_percent is free"
                                : "");
    damage_.set(report.damage.empty() ? "" : "a journal segment is damaged: " + report.damage);
    trouble_.set(report.trouble.empty() ? "" : "the journal cannot be kept: " + report.trouble);
  }

 private:
  Alarm space_, damage_, trouble_;
  metrics::Gauge &free_, &bytes_, &left_;
  metrics::Counter &removed_, &archived_;
};

// The consumers that retention waits for at the publisher `process`.
std::vector<std::string> required_at(const std::string& process,
                                     const std::vector<std::string>& settings) {
  std::vector<std::string> required;
  for (const auto& name : settings) {
    const auto slash = name.find('/');
    if (slash == std::string::npos) {
      required.push_back(name);
    } else if (name.substr(0, slash) == process) {
      required.push_back(name.substr(slash + 1));
    }
  }
  return required;
}

journal::KeeperOptions keeper_options(Runtime& runtime, const RetentionSettings& settings) {
  journal::KeeperOptions keep;
  if (!settings.archive.empty()) keep.archive = settings.archive / runtime.source();
  keep.age = settings.age;
  keep.bytes = settings.bytes;
  keep.hard_bytes = settings.hard_bytes;
  keep.required = required_at(runtime.process(), settings.required);
  keep.min_free_percent = settings.min_free_percent;
  keep.report = [telemetry = std::make_shared<KeeperTelemetry>(runtime)](
                    const journal::KeeperReport& report) { telemetry->tell(report); };
  return keep;
}

}  // namespace

bus::PublisherOptions publisher_options(Runtime& runtime, const BusSettings& settings,
                                        const Endpoint& own) {
  bus::PublisherOptions options;
  options.environment = runtime.environment();
  options.source = runtime.source();
  options.journal = settings.journals / runtime.source();
  options.publish = own.publish;
  options.requests = own.requests;
  options.segment_bytes = settings.segment_bytes;
  options.build = runtime.build();
  options.wait_for_room = [&runtime](const std::string& why) {
    return wait_for_room(runtime, why);
  };
  options.full_changed = [&runtime](bool full) { tell_full(runtime, full); };
  options.fetch_bytes_per_second = settings.fetch_bytes_per_second;
  options.keep = keeper_options(runtime, settings.retention);
  if (!settings.keys.empty()) options.curve = bus::load_curve(settings.keys, runtime.process());
  return options;
}

bus::SubscriberOptions subscriber_options(const Runtime& runtime, const BusSettings& settings,
                                          std::string_view publisher) {
  const auto* const from = settings.find(publisher);
  assert(from != nullptr);
  bus::SubscriberOptions options;
  options.source = runtime.environment() + '.' + std::string(publisher);
  options.publish = from->publish;
  options.requests = from->requests;
  options.consumer = runtime.process();
  if (!settings.keys.empty()) {
    options.curve = bus::load_curve(settings.keys, runtime.process());
    options.server = std::string(publisher);
    options.server_public_key = bus::load_public_key(settings.keys, std::string(publisher));
  }
  return options;
}

}  // namespace depthwire::service
