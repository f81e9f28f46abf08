#pragma once

#include "common/journal/format.hpp"
#include "common/market/bar_builder.hpp"
#include "common/market/trading_day.hpp"
#include "services/historical/core/seen_ticks.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace depthwire::historical {

/// Ticks of one symbol, a list for each side, oldest first.
using TicksOfSides = std::array<std::vector<PastTick>, sides>;

/// What has to be fetched to mend one outage of one symbol.
struct Gap {
  std::string symbol;
  std::array<Range, sides> ranges;  ///< empty: nothing can be missing of that side
  [[nodiscard]] std::int64_t until_ms() const;
  bool operator==(const Gap&) const = default;
};

/// A bar that an outage had torn, whole.
struct MendedBar {
  std::string symbol;
  market::Bar bar;
};

/// Follows what streaming journals and tells what its outages have cost: which ticks have to be
/// fetched, which of those were missed, and the bars that they belong to, built from all ticks,
/// seen and fetched, as aggregator builds them. Pure.
///
/// While a symbol waits for its missing ticks, what is seen of it is held back from its bars.
class Healer {
 public:
  /// A record of streaming's spots or of its control topic, in order; others are passed over.
  void take(const journal::Record& record);
  /// What lies between the record before and the next one is not known, nor whether it was stored.
  void forget() { symbols_.clear(); }

  /// The gap that can be mended by now: what it is made of is in history by `now_ms`.
  [[nodiscard]] std::optional<Gap> due(std::int64_t now_ms) const;
  /// Whether a gap that was due still is what there is to mend: another outage may have widened it.
  [[nodiscard]] bool stands(const Gap& gap) const;
  /// Takes all that history has of the gap's ranges; gives what was missed of it. The gap stands.
  [[nodiscard]] TicksOfSides mend(const Gap& gap, const TicksOfSides& history);
  /// History has nothing to give.
  void give_up(const Gap& gap);
  /// The torn bars that have ended since they were last taken.
  [[nodiscard]] std::vector<MendedBar> take_bars();

  /// Symbols that wait to be mended.
  [[nodiscard]] std::size_t gaps() const;
  /// Spots that are held back.
  [[nodiscard]] std::size_t held() const;

  /// Those of `ticks` that streaming has not seen and no gap will tell of.
  [[nodiscard]] std::vector<PastTick> unseen(const std::string& symbol, std::size_t side,
                                             std::vector<PastTick> ticks) const;
  /// From then on it is not known yet what history has to tell.
  [[nodiscard]] std::int64_t horizon_ms(const std::string& symbol) const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(symbols_);
  }

 private:
  struct Held {
    market::Spot spot;
    std::int64_t event_ns = 0;
    std::int64_t receive_ns = 0;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(spot, event_ns, receive_ns);
    }
  };
  struct Symbol {
    // As aggregator's setting bar_grace is by default: it decides when a bar ends, not what it
    // holds.
    market::BarBuilder bars{market::ns_per_second};
    SeenTicks seen;
    bool down = false;       // no subscription stands
    bool torn = false;       // waits for the ticks of a gap
    std::vector<Held> held;  // since the end of the gap
    // Ticks that aggregator's bars lack, in order: of the gap that is being mended, else the last
    // one, which tells of every bar that is still forming.
    std::vector<std::int64_t> missed_ns;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(bars, seen, down, torn, held, missed_ns);
    }
  };

  [[nodiscard]] static std::optional<Gap> gap_of(const std::string& name, const Symbol& symbol);
  void take_spot(const journal::Record& record);
  void begin(Symbol& symbol, std::optional<std::int64_t> bound_ms);
  void feed(const std::string& name, Symbol& symbol, const Held& held);
  void keep_torn(const std::string& name, Symbol& symbol);
  void release(const std::string& name, Symbol& symbol);
  void down();
  void clock(const journal::Record& record);

  std::map<std::string, Symbol, std::less<>> symbols_;
  std::vector<MendedBar> mended_;  // taken before the state is saved
  std::vector<market::Bar> ended_;
};

}  // namespace depthwire::historical
