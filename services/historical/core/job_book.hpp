#pragma once

#include "proto/bus/market.pb.h"
#include "services/historical/core/page.hpp"
#include "services/historical/core/series.hpp"

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::historical {

/// One request to the broker, for a job.
struct PlannedRequest {
  std::string job;
  Series series;
  Range range;
};

/// What the answer to a request came to.
struct Outcome {
  PlannedRequest request;
  Reach reach;
  std::uint64_t records = 0;  ///< published
};

/// The jobs and what of each series was fetched before: decides what to ask the broker for next,
/// the most urgent job first, and remembers what need not be asked for again. Pure; what is durable
/// of it travels in Job and HistoryState records.
///
/// A job's time is cut into windows as wide as the broker allows, the newest first; within one,
/// answers that were cut are followed back in time, one request after the other. Several windows
/// are asked for at once, so that the way to the broker does not slow a job down.
class JobBook {
 public:
  /// So many requests are under way at most: the broker's limits allow no more in a second.
  static constexpr std::size_t requests_at_once = 4;

  /// A new job, or the open one that asks for the same. With `again` also for what was fetched
  /// before. Gives its id. The series and range are good (see check()).
  std::string submit(const Series& series, const Range& range, bus::Job::Priority priority,
                     bool again);
  /// Ends an open job; what it has fetched stays. False when there is no such open job.
  bool cancel(const std::string& id);

  /// The next request; it counts as under way until done(), failed() or put_back().
  [[nodiscard]] std::optional<PlannedRequest> next();
  /// What there will be to tell of the job once `outcome` is done().
  [[nodiscard]] bus::Job after(const Outcome& outcome) const;
  void done(const Outcome& outcome);
  /// Nobody answered: the request is to be made again.
  void put_back(const PlannedRequest& request);
  /// The broker refused: the job ends.
  void failed(const PlannedRequest& request, const std::string& why);

  /// A job as it stands; nothing when it is unknown or long over.
  [[nodiscard]] std::optional<bus::Job> job(const std::string& id) const;
  /// All jobs that are known, oldest first.
  [[nodiscard]] std::vector<bus::Job> jobs() const;
  /// How many are not over.
  [[nodiscard]] std::size_t open_jobs() const;
  /// Whether somebody waits for a job.
  [[nodiscard]] bool is_waited_for() const;
  [[nodiscard]] const TimeRanges& covered(const Series& series) const;

  /// All that a restart has to know. Interactive jobs do not outlive who waits for them.
  [[nodiscard]] bus::HistoryState state() const;
  void restore(const bus::HistoryState& state);
  /// Brings the restored state up to `record`, which was journaled after it.
  void replay(const bus::Job& record);

 private:
  struct Job {
    std::string id;
    Series series;
    Range range;
    bus::Job::Priority priority = bus::Job::bulk;
    bus::Job::State state = bus::Job::queued;
    std::string detail;
    std::uint64_t records = 0;
    std::uint64_t requests = 0;
    TimeRanges settled;  ///< asked for by this job, or not to be asked for at all
  };
  [[nodiscard]] const Job* find(const std::string& id) const;
  [[nodiscard]] Job* find(const std::string& id);
  [[nodiscard]] std::optional<Range> next_window(const Job& job) const;
  [[nodiscard]] bool under_way(const Series& series, const Range& range) const;
  [[nodiscard]] bool under_way(const std::string& job) const;
  void take_back(const PlannedRequest& request);
  void end_if_complete(Job& job) const;
  void forget_old();
  void begin(Job job, bool again);

  std::uint64_t next_job_ = 1;
  std::list<Job> jobs_;  // oldest first
  std::map<Series, TimeRanges> covered_;
  std::vector<PlannedRequest> under_way_;
};

[[nodiscard]] constexpr bool is_open(bus::Job::State state) {
  return state == bus::Job::queued || state == bus::Job::running;
}

}  // namespace depthwire::historical
