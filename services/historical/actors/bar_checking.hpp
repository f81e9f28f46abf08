#pragma once

#include "common/ctrader/catalogue.hpp"
#include "common/ctrader/client.hpp"
#include "common/ctrader/edge_log.hpp"
#include "services/historical/actors/history_journal.hpp"
#include "services/historical/core/bar_checker.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace depthwire::historical {

/// Live bars; since the start of this life, in which some may be checked once more after a failure
/// of the disk.
struct CheckingCounts {
  std::uint64_t checked = 0;    ///< compared with history
  std::uint64_t corrected = 0;  ///< published as history has them
  std::uint64_t unchecked = 0;  ///< given up, or not taken for want of room
};

/// Asks the broker for what the BarChecker wants to know, one request at a time. Less urgent than
/// the outages, which other bars wait for, and than jobs that somebody waits for; it does not wait
/// for other jobs, as a backfill of years may take days, and takes little of their time. Healing
/// owns it: what is to be published of it goes, with its state, into Healing's writes.
class BarChecking {
 public:
  /// `every`: see BarChecker. The others outlive this.
  BarChecking(std::chrono::milliseconds every, ctrader::Client& client, ctrader::EdgeLog& log,
              const ctrader::Catalogue& catalogue, const HistoryJournal& history);

  /// Forgets all; the caller restores the state() of an earlier time, if there is one.
  void begin();
  [[nodiscard]] BarChecker& state() { return checker_; }

  void take(const journal::Record& record);
  /// Asks for what is due. `live`: all that streaming has journaled was taken.
  void ask(bool live);
  /// What a round has found, once it is over, and is not published yet.
  [[nodiscard]] std::vector<Correction> take_corrections();
  /// So many of them are in our journal.
  void published(std::uint64_t corrections) { counts_.corrected += corrections; }

  [[nodiscard]] const CheckingCounts& counts() const { return counts_; }
  [[nodiscard]] std::size_t waiting() const { return checker_.waiting(); }
  /// Nothing that a crash may have cut off waits to be published again.
  [[nodiscard]] bool settled() const;

 private:
  void answered(const BarCheck& check, const ctrader::Answer& came);
  void failed(const BarCheck& check, const std::string& why);
  void count(const BarCheck& check, const Verdict& verdict);

  const std::chrono::milliseconds every_;
  ctrader::Client& client_;
  ctrader::EdgeLog& log_;
  const ctrader::Catalogue& catalogue_;
  const HistoryJournal& history_;
  BarChecker checker_;
  bool asking_ = false;
  // A crash may have cut corrections off from the state that tells of them: to be found again, and
  // known by the LoosePages.
  bool owes_round_ = false;
  bool warned_of_room_ = false;
  std::uint64_t generation_ = 0;  // answers to what was asked before begin() are passed over
  CheckingCounts counts_;
};

}  // namespace depthwire::historical
