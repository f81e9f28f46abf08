#pragma once

#include "common/bus/publisher.hpp"
#include "common/bus/subscriber.hpp"
#include "common/metrics/metrics.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace depthwire::service {

/// What every publisher tells of its journal, under the same names in each process:
/// journal_head_offset, journal_dropped_records_total, journal_consumer_lag_records{consumer},
/// bus_refused_connections_total, publish_time_seconds{kind, symbol}, from which freshness follows,
/// and what requests came to: bus_malformed_requests_total, bus_failed_requests_total,
/// bus_unreachable_peers_total.
class PublisherMetrics {
 public:
  explicit PublisherMetrics(metrics::Registry& registry);

  /// Call it often, on the publisher's thread: topics are looked at once a second, which is how
  /// exact the times are.
  void update(const bus::Publisher& publisher);

 private:
  struct Topic {
    std::uint64_t offset = 0;
    metrics::Gauge* published = nullptr;
  };
  void update_topics(const bus::Publisher& publisher);
  void update_consumers(const bus::Publisher& publisher);
  void update_refused(std::uint64_t count, std::chrono::steady_clock::time_point now);

  metrics::Registry& registry_;
  metrics::Gauge& head_;
  metrics::Counter& dropped_;
  metrics::Counter& refused_;
  metrics::Counter& malformed_;
  metrics::Counter& failed_;
  metrics::Counter& unreachable_;
  std::uint64_t told_refused_ = 0;
  std::chrono::steady_clock::time_point next_refused_;
  std::map<std::string, Topic> topics_;
  std::chrono::steady_clock::time_point next_;
};

/// What every reader tells of one journal that it follows: lag_records, gaps_total,
/// fetched_records_total, zombie_records_total and malformed_frames_total, each with the label
/// `source`: the publisher without its environment.
class SubscriberMetrics {
 public:
  SubscriberMetrics(metrics::Registry& registry, std::string_view source);

  /// `lag`: records between the journal's head and what has been dealt with.
  void update(std::uint64_t lag, const bus::Subscriber& subscriber);

 private:
  metrics::Gauge& lag_;
  metrics::Counter& gaps_;
  metrics::Counter& fetched_;
  metrics::Counter& zombies_;
  metrics::Counter& malformed_;
};

}  // namespace depthwire::service
