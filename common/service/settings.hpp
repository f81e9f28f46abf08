#pragma once

#include "common/config/bind.hpp"
#include "common/config/schema.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::service {

/// Where a process serves /livez, /readyz and /metrics unless the configuration says otherwise;
/// port 0 (the system chooses) for a name that is not in the list.
[[nodiscard]] constexpr std::uint16_t default_health_port(std::string_view process) {
  constexpr std::string_view names[] = {"streaming", "historical", "aggregator",
                                        "analyzer",  "persister",  "auditor",
                                        "gateway",   "simulator",  "tokens"};
  std::uint16_t port = 9101;
  for (const auto name : names) {
    if (name == process) return port;
    ++port;
  }
  return 0;
}

/// The section `service`: what every process has.
struct Settings {
  std::filesystem::path run_dir;
  std::chrono::milliseconds watchdog{10'000};

  template <class Visitor>
  void describe(Visitor& field) {
    field("run_dir", run_dir,
          "directory for <process>.json with pid, health address and start time; empty: none");
    field("watchdog", watchdog,
          "a process one of whose loops stands still for so long aborts and is started again; 0: "
          "never",
          config::DurationBounds{.max = std::chrono::hours(1)});
  }
};

/// The addresses of one publisher.
struct Endpoint {
  std::string publish;
  std::string requests;

  template <class Visitor>
  void describe(Visitor& field) {
    field("publish", publish, "PUB address: bound by the publisher, connected to by readers");
    field("requests", requests, "ROUTER address of the same process");
  }
};

/// Every process that publishes a journal.
inline constexpr std::array<std::string_view, 4> publishers = {"streaming", "historical",
                                                               "aggregator", "analyzer"};

/// How long journals keep what they hold.
struct RetentionSettings {
  std::chrono::milliseconds age = std::chrono::hours(24);
  std::uint64_t bytes = 20ULL << 30;
  std::uint64_t hard_bytes = 40ULL << 30;
  std::vector<std::string> required{"persister"};
  std::filesystem::path archive;
  double min_free_percent = 5;

  template <class Visitor>
  void describe(Visitor& field) {
    field("age", age, "older segments are removed",
          config::DurationBounds{.min = std::chrono::minutes(1)});
    field("bytes", bytes, "what all journals of the environment may take; the oldest segments go",
          config::Bounds{.min = 1 << 20});
    field("hard_bytes", hard_bytes,
          "what they may take with segments that a required consumer has not acknowledged; then "
          "the oldest go all the same, and a LOSS record says so",
          config::Bounds{.min = 1 << 20});
    field("required", required,
          "consumers whose acknowledgement segments wait for: a process, for every publisher, or "
          "<publisher>/<process> for one");
    field("archive", archive,
          "directory in which every finished segment is kept, packed with zstd, one folder per "
          "source; empty: none is kept");
    field("min_free_percent", min_free_percent,
          "a process is not ready while its journal's disk has less free",
          config::Bounds{.min = 0, .max = 100});
  }
};

/// The section `bus`: where every publisher is, the same for those who bind and those who connect.
/// A process that binds elsewhere than its readers connect (a container) overrides its own entry.
struct BusSettings {
  std::filesystem::path journals = "var/journals";
  std::filesystem::path keys;
  std::uint64_t segment_bytes = 64ULL << 20;
  std::uint64_t fetch_bytes_per_second = 64ULL << 20;
  RetentionSettings retention;
  Endpoint streaming{"tcp://127.0.0.1:5560", "tcp://127.0.0.1:5561"};
  Endpoint historical{"tcp://127.0.0.1:5562", "tcp://127.0.0.1:5563"};
  Endpoint aggregator{"tcp://127.0.0.1:5564", "tcp://127.0.0.1:5565"};
  Endpoint analyzer{"tcp://127.0.0.1:5566", "tcp://127.0.0.1:5567"};

  /// The publisher `name`; none for a process that publishes nothing.
  [[nodiscard]] const Endpoint* find(std::string_view name) const {
    if (name == "streaming") return &streaming;
    if (name == "historical") return &historical;
    if (name == "aggregator") return &aggregator;
    if (name == "analyzer") return &analyzer;
    return nullptr;
  }

  template <class Visitor>
  void describe(Visitor& field) {
    field("journals", journals, "directory of the journals, one folder per source");
    field("keys", keys, "directory of the CURVE keys; empty: clear text, on loopback only");
    field("segment_bytes", segment_bytes,
          "size of a journal's segments, which are taken from the disk whole and removed whole",
          config::Bounds{.min = 1 << 16, .max = 1 << 30});
    field("fetch_bytes_per_second", fetch_bytes_per_second,
          "what each publisher reads from its journal for those who ask; 0: no limit");
    field.group("retention", retention, "how long journals keep what they hold");
    field.group("streaming", streaming, "live market data");
    field.group("historical", historical, "history");
    field.group("aggregator", aggregator, "books and bars");
    field.group("analyzer", analyzer, "order-flow signals");
  }
};

/// A setting `sources`: each one of `known`, none twice.
inline void check_sources(const config::Checks& checks, const std::vector<std::string>& sources,
                          std::span<const std::string_view> known) {
  std::string all;
  for (const auto name : known) all += (all.empty() ? "" : ", ") + std::string(name);
  for (auto source = sources.begin(); source != sources.end(); ++source) {
    if (std::find(known.begin(), known.end(), *source) == known.end()) {
      checks.fail("sources", "expected some of " + all + ", got \"" + *source + "\"");
    } else if (std::find(sources.begin(), source, *source) != source) {
      checks.fail("sources", *source + " is named twice");
    }
  }
}

}  // namespace depthwire::service
