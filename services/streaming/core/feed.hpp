#pragma once

#include "common/ctrader/decode.hpp"
#include "common/ctrader/receive_clock.hpp"
#include "common/market/book.hpp"
#include "services/streaming/core/book_watch.hpp"
#include "services/streaming/core/live_bars.hpp"
#include "services/streaming/core/record_sink.hpp"
#include "services/streaming/core/symbol_quality.hpp"
#include "services/streaming/core/symbol_ref.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace depthwire::streaming {

/// What the feed has seen since it was made.
struct FeedCounts {
  std::uint64_t spots = 0;
  std::uint64_t depth_events = 0;
  std::uint64_t bars = 0;
  std::uint64_t resets = 0;
  std::uint64_t keyframes = 0;
  std::uint64_t unknown_symbols = 0;   ///< events of what is not subscribed: dropped
  std::uint64_t undecodable = 0;       ///< events that could not be read: dropped
  std::uint64_t refused = 0;           ///< depth events that no book can take: told, not published
  std::uint64_t unknown_fields = 0;    ///< of a newer protocol: passed over
  std::uint64_t unknown_removals = 0;  ///< ids that were removed but not in the book
};

/// Market data from the broker's bytes to records: keeps the book of each subscribed symbol, stamps
/// and encodes. The hot path: in steady state nothing is allocated.
class Feed {
 public:
  /// `patience`: how long a book may be suspect until its symbol is due to be subscribed anew.
  Feed(RecordSink& records, ctrader::ReceiveClock& clock,
       std::chrono::nanoseconds patience = BookWatch::usual_patience,
       const QualityLimits& limits = {})
      : records_{records}, clock_{clock}, patience_{patience}, limits_{limits} {}

  /// When the market of a symbol is open; holds until it is said anew, subscribed or not.
  void set_hours(const std::string& name, TradingHours hours);

  /// Takes up a symbol: its book begins empty, which a reset record says.
  void add(std::int64_t id, const std::string& name);
  /// Lets a symbol go; a reset says that its book is no longer known.
  void remove(std::int64_t id);
  /// The connection is lost: empties all books, with a reset record for each symbol, and lets the
  /// symbols go. The next event of each tells of the gap.
  void remove_all();

  /// Events, as the payloads of their messages.
  void spot(std::string_view payload);
  void depth(std::string_view payload);

  /// The symbols that should be subscribed anew by now, in alphabetical order: their books are not
  /// to be trusted (see BookWatch).
  [[nodiscard]] std::vector<SymbolRef> due_resubscriptions();
  /// Looks once a second for what no event tells: silence. To be called often; in simulated time
  /// events do it, since only they move that time. True when something was told.
  bool look();
  /// Drops depth events of a symbol until reopen(): what is under way belongs to a subscription
  /// that is being given up.
  void close(std::int64_t id);
  /// Empties the book of a closed symbol, with a reset record, and takes its depth events again.
  void reopen(std::int64_t id);

  /// A keyframe, the whole book, of each symbol whose book is not empty.
  void keyframes();
  /// Tells all books anew, each with a reset first: what was told of them has holes.
  void restate();

  [[nodiscard]] const FeedCounts& counts() const { return counts_; }
  [[nodiscard]] std::size_t symbols() const { return names_.size(); }
  /// What was found of each symbol that was ever known, in alphabetical order.
  template <class Visitor>
  void visit_checks(Visitor&& visit) const {
    for (const auto& [name, checks] : quality_) visit(name, checks.counts());
  }
  /// nullptr for a symbol that is not subscribed.
  [[nodiscard]] const market::Book* book(std::int64_t id) const;

 private:
  struct Symbol {
    std::string name;
    journal::TopicId spots, depth, bars, quality;
    std::int64_t id = 0;
    bool closed = false;
    market::Book book;
    BookWatch watch;
    SymbolQuality* checks = nullptr;  // of quality_
    LiveBars live_bars;
  };

  [[nodiscard]] Symbol* find(std::int64_t id);
  [[nodiscard]] SymbolQuality& checks_of(const std::string& name);
  void reset(Symbol& symbol);
  void keyframe(Symbol& symbol);
  void take_depth(Symbol& symbol, std::int64_t stamp);
  void publish_bars(Symbol& symbol, std::int64_t receive_ns, std::int64_t event_ns);
  void publish_depth(Symbol& symbol, const market::DepthUpdate& update, std::int64_t stamp,
                     std::uint16_t flags);
  bool look_at_all(std::int64_t time_ns);
  void tell_findings(const Symbol& symbol);

  RecordSink& records_;
  ctrader::ReceiveClock& clock_;
  std::chrono::nanoseconds patience_;
  QualityLimits limits_;
  std::map<std::string, SymbolQuality> quality_;  // of all symbols there ever were
  std::optional<std::int64_t> looked_;            // when all were looked at
  Findings findings_;
  std::unordered_map<std::int64_t, std::unique_ptr<Symbol>> symbols_;  // looked up, never walked
  std::map<std::string, Symbol*> names_;                               // in a fixed order
  ctrader::SpotEvent spot_event_;                                      // memory that is used again
  ctrader::DepthEvent depth_event_;
  std::vector<BarUpdate> bar_updates_;
  std::string envelope_;
  FeedCounts counts_;
};

}  // namespace depthwire::streaming
