#pragma once

#include "common/metrics/metrics.hpp"
#include "common/service/health.hpp"
#include "services/persister/core/rows.hpp"

#include <array>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace depthwire::persister {

/// How the persister is doing, for health and metrics. Any thread.
class Status {
 public:
  /// What is told goes to `health` as well, unless that is null.
  Status(metrics::Registry& registry, service::Health* health);

  /// What keeps us from storing at all, in words; empty: nothing.
  void set_problem(std::string problem);
  [[nodiscard]] metrics::Registry& registry() { return registry_; }
  /// What is wrong with one source; empty: nothing.
  void set_source_problem(const std::string& source, std::string problem);
  /// How many records of a source are known to be waiting.
  void set_lag(const std::string& source, std::uint64_t records);
  /// Counts a transaction.
  void stored(const Rows& rows, std::chrono::steady_clock::duration took);

  /// Every problem in words; empty: ready.
  [[nodiscard]] std::vector<std::string> problems() const;

  metrics::Counter& transactions;
  metrics::Counter& records;
  metrics::Counter& dead_letters;
  metrics::Counter& losses;
  metrics::Counter& database_errors;
  metrics::Counter& partitions_dropped;

 private:
  void tell(const std::string& code, const std::string& problem);

  metrics::Registry& registry_;
  service::Health* health_;
  metrics::Histogram& transaction_seconds_;
  std::array<metrics::Counter*, table_count> rows_{};
  mutable std::mutex mutex_;
  std::string problem_ = "the database has not answered yet";
  std::map<std::string, std::string> source_problems_;
  std::map<std::string, std::uint64_t> lags_;
};

}  // namespace depthwire::persister
