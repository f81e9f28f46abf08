#pragma once

#include "common/bus/publisher.hpp"
#include "common/ctrader/catalogue.hpp"
#include "common/ctrader/client.hpp"
#include "common/ctrader/edge_log.hpp"
#include "proto/bus/command.pb.h"
#include "services/historical/actors/healing.hpp"
#include "services/historical/actors/history_journal.hpp"
#include "services/historical/core/job_book.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::historical {

/// What was published so far.
struct HistoryCounts {
  std::uint64_t bars = 0;
  std::uint64_t ticks = 0;
  std::uint64_t requests = 0;  ///< that the broker has answered
};

/// Takes the commands that ask for history, asks the broker as the JobBook decides, and publishes
/// what comes. The bars or ticks of an answer and the Job record that tells of them are one write:
/// after a crash nothing is fetched twice and nothing is missing. While the journal's disk is full
/// the broker is asked for nothing, and jobs wait. On the session's thread.
class JobRunner {
 public:
  /// Goes on with the jobs of an earlier life. All outlive the runner.
  JobRunner(ctrader::Client& client, ctrader::EdgeLog& log, const ctrader::Catalogue& catalogue,
            HistoryJournal& history, Healing& healing);

  /// False when there is no such command of history.
  bool command(const std::string& name, const std::string& body, const bus::AnswerCommand& answer);
  /// Asks the broker for what is due. To be called every 100 ms, and when the connection is ready.
  void tick();
  /// To be called after each flush: a new segment begins with all that a restart has to know.
  void keep_state();
  /// Tells all of that anew, after the disk was full.
  void restate();

  [[nodiscard]] const HistoryCounts& counts() const { return counts_; }
  [[nodiscard]] std::size_t open_jobs() const { return book_.open_jobs(); }

 private:
  /// Who waits for the end of a job, and what came of it.
  struct Waiter {
    bus::AnswerCommand answer;
    bus::HistoryReply reply;
  };

  void fetch(const Series& series, std::int64_t from_ns, std::int64_t to_ns,
             const bus::AnswerCommand& answer);
  void backfill(const std::string& body, const bus::AnswerCommand& answer);
  void tell_jobs(const std::string& body, const bus::AnswerCommand& answer, bool cancel);
  /// Why `series` cannot be fetched now; nothing when it can.
  [[nodiscard]] std::optional<bus::CommandAnswer> refusal(const Series& series,
                                                          const Range& range) const;
  [[nodiscard]] bool ready() const;

  void pump();
  void ask(const PlannedRequest& request);
  void answered(const PlannedRequest& request, const ctrader::Answer& came);
  void refused(const PlannedRequest& request, const ctrader::BrokerError& error);
  void failed(const PlannedRequest& request, const std::string& why);
  void got_bars(const PlannedRequest& request, const ctrader::Envelope& envelope);
  void got_ticks(const PlannedRequest& request, const ctrader::Envelope& envelope);
  void publish(const PlannedRequest& request, const Reach& reach,
               std::vector<bus::Envelope>& records, std::uint64_t& counter);
  /// False when the disk is full: nothing was kept.
  bool tell(bus::Job job);
  void answer_waiters();

  ctrader::Client& client_;
  ctrader::EdgeLog& log_;
  const ctrader::Catalogue& catalogue_;
  HistoryJournal& history_;
  Healing& healing_;
  JobBook& book_ = history_.book;
  std::map<std::string, Waiter> waiters_;  // by job
  std::optional<ctrader::TimePoint> pause_until_;
  HistoryCounts counts_;
};

}  // namespace depthwire::historical
