#pragma once

#include "common/bus/subscriber.hpp"
#include "common/ctrader/catalogue.hpp"
#include "common/ctrader/client.hpp"
#include "common/ctrader/edge_log.hpp"
#include "services/historical/actors/bar_checking.hpp"
#include "services/historical/actors/history_journal.hpp"
#include "services/historical/core/healer.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::historical {

struct HealingOptions {
  /// How to follow streaming; `start` is set here. Absent: nothing is healed.
  std::optional<bus::SubscriberOptions> streaming;
  /// Outages that are longer are left as they are.
  std::chrono::milliseconds longest{std::chrono::hours{24 * 7}};
  /// How often live bars are checked against history; zero: never.
  std::chrono::milliseconds check_bars_every{std::chrono::hours{1}};
};

struct HealingCounts {
  std::uint64_t ticks = 0;     ///< published that an outage had cost
  std::uint64_t bars = 0;      ///< published that an outage had torn
  std::uint64_t gaps = 0;      ///< mended: one for each symbol of an outage
  std::uint64_t given_up = 0;  ///< that history could not mend
};

/// Follows streaming's journal, fetches what its outages have cost, and publishes that: SYNTHETIC
/// ticks, and SYNTHETIC bars for those that aggregator could not build whole. Has the broker's live
/// bars checked on the way, and publishes what history has of those that differ. What is published
/// of a gap or of a round of checks and the HealingState that tells so are one write: a restart
/// goes on from the newest one. On the session's thread.
class Healing {
 public:
  /// Goes on from the journal of an earlier life. The others outlive this.
  Healing(zmq::context_t& context, HealingOptions options, ctrader::Client& client,
          ctrader::EdgeLog& log, const ctrader::Catalogue& catalogue, HistoryJournal& history,
          const std::filesystem::path& journal);

  /// Reads on and asks the broker for what is due. To be called every 100 ms.
  void tick();
  /// Appends all that a restart has to know; the caller flushes.
  void append_state();

  [[nodiscard]] const Healer& healer() const { return healer_; }
  [[nodiscard]] const HealingCounts& counts() const { return counts_; }
  [[nodiscard]] const CheckingCounts& checks() const { return checking_.counts(); }
  [[nodiscard]] std::size_t unchecked_bars() const { return checking_.waiting(); }
  /// Nothing that a crash may have cut off waits to be published again.
  [[nodiscard]] bool settled() const;

 private:
  struct Fetch {
    Gap gap;
    TicksOfSides history;
    std::size_t side = 0;
    std::int64_t until_ms = 0;  ///< of this side, what is older is still to be asked for
  };

  void begin();
  void follow();
  void take(const bus::Notice& notice);
  void ask();
  void request();
  void answered(const Range& asked, const ctrader::Answer& came);
  void refused(const ctrader::BrokerError& error);
  void give_up(const std::string& why);
  void finish();
  [[nodiscard]] bool covered(const Series& series, std::int64_t time_ms) const;
  void append(const std::string& symbol, bus::Envelope& record, std::int64_t time_ns);
  void append_bars();
  void append_corrections();
  void commit();

  zmq::context_t& context_;
  HealingOptions options_;
  ctrader::Client& client_;
  ctrader::EdgeLog& log_;
  const ctrader::Catalogue& catalogue_;
  HistoryJournal& history_;
  std::optional<bus::Subscriber> subscriber_;
  Healer healer_;
  BarChecking checking_;
  journal::Position position_;  // in streaming's journal: taken up to here
  std::string kept_;            // the state as it is in our journal
  journal::Position kept_position_;
  ctrader::TimePoint keep_at_;
  std::optional<Fetch> fetch_;
  std::uint64_t generation_ = 0;  // answers to what an earlier begin() asked for are passed over
  std::optional<ctrader::TimePoint> pause_until_;
  bool published_ = false;  // something was appended since the last commit
  HealingCounts counts_;
  HealingCounts untold_;
  std::uint64_t untold_corrections_ = 0;
};

}  // namespace depthwire::historical
