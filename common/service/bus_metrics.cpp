#include "common/service/bus_metrics.hpp"

#include "common/bus/topic.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace depthwire::service {
namespace {

constexpr std::chrono::seconds look_every{1};
constexpr std::chrono::minutes tell_refused_every{1};

double unix_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

/// `source` without its environment, of which a process knows only one.
std::string short_name(std::string_view source) {
  const auto dot = source.find('.');
  return std::string(dot == source.npos ? source : source.substr(dot + 1));
}

}  // namespace

PublisherMetrics::PublisherMetrics(metrics::Registry& registry)
    : registry_(registry),
      head_(registry.gauge("journal_head_offset", "Offset of the newest record.")),
      dropped_(registry.counter("journal_dropped_records_total",
                                "Records that were dropped because the disk was full.")),
      refused_(registry.counter("bus_refused_connections_total",
                                "Attempts to subscribe with an unknown key, or without one.")),
      malformed_(registry.counter("bus_malformed_requests_total",
                                  "Messages of peers that were no request.")),
      failed_(registry.counter("bus_failed_requests_total",
                               "Requests that were answered with an error of this process.")),
      unreachable_(registry.counter("bus_unreachable_peers_total",
                                    "Answers to peers that had gone by then.")) {}

void PublisherMetrics::update(const bus::Publisher& publisher) {
  head_.set(static_cast<double>(publisher.head().offset));
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + look_every;
  dropped_.raise_to(publisher.dropped());
  update_refused(publisher.refused(), now);
  const auto requests = publisher.requests();
  malformed_.raise_to(requests.malformed);
  failed_.raise_to(requests.failed);
  unreachable_.raise_to(requests.unreachable);
  update_topics(publisher);
  update_consumers(publisher);
}

void PublisherMetrics::update_refused(std::uint64_t count,
                                      std::chrono::steady_clock::time_point now) {
  refused_.raise_to(count);
  // Who is refused tries again and again.
  if (count == told_refused_ || now < next_refused_) return;
  spdlog::warn("bus: {} attempts to subscribe were refused: an unknown key, or none",
               count - told_refused_);
  told_refused_ = count;
  next_refused_ = now + tell_refused_every;
}

void PublisherMetrics::update_consumers(const bus::Publisher& publisher) {
  const auto head = publisher.head().offset;
  for (const auto& [consumer, position] : publisher.acknowledged()) {
    registry_
        .gauge("journal_consumer_lag_records",
               "Records that a consumer has not acknowledged since the publisher's start.",
               {{"consumer", consumer}})
        .set(static_cast<double>(head - std::min(head, position.offset)));
  }
}

void PublisherMetrics::update_topics(const bus::Publisher& publisher) {
  const double now = unix_seconds();
  for (const journal::Newest& newest : publisher.newest("")) {
    // What lay in the journal before this start was published at some earlier time.
    auto& topic =
        topics_.try_emplace(newest.topic, Topic{publisher.recovered().last.offset}).first->second;
    if (newest.last <= topic.offset) continue;
    topic.offset = newest.last;
    if (topic.published == nullptr) {
      const auto parts = bus::parse_topic(newest.topic);
      // Not a stream that goes on: control records, and what is told once per symbol.
      if (!parts || parts->symbol == "_control" || parts->kind == "symbol") continue;
      topic.published = &registry_.gauge(
          "publish_time_seconds", "When the newest record of a symbol was published, UNIX time.",
          {{"kind", std::string(parts->kind)}, {"symbol", std::string(parts->symbol)}});
    }
    topic.published->set(now);
  }
}

SubscriberMetrics::SubscriberMetrics(metrics::Registry& registry, std::string_view source)
    : lag_(registry.gauge("lag_records", "Records of a source that are still to be dealt with.",
                          {{"source", short_name(source)}})),
      gaps_(registry.counter("gaps_total", "Times that records of a source had to be fetched.",
                             {{"source", short_name(source)}})),
      fetched_(registry.counter("fetched_records_total", "Records of a source that were fetched.",
                                {{"source", short_name(source)}})),
      zombies_(registry.counter("zombie_records_total",
                                "Records of an earlier life of a source that came late.",
                                {{"source", short_name(source)}})),
      malformed_(registry.counter("malformed_frames_total",
                                  "Messages of a source that were no record and no reply.",
                                  {{"source", short_name(source)}})) {}

void SubscriberMetrics::update(std::uint64_t lag, const bus::Subscriber& subscriber) {
  lag_.set(static_cast<double>(lag));
  gaps_.raise_to(subscriber.gaps());
  fetched_.raise_to(subscriber.fetched());
  zombies_.raise_to(subscriber.zombies());
  malformed_.raise_to(subscriber.malformed());
}

}  // namespace depthwire::service
