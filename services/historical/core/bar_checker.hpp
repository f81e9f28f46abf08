#pragma once

#include "common/journal/format.hpp"
#include "common/market/bar.hpp"
#include "services/historical/core/page.hpp"
#include "services/historical/core/series.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace depthwire::historical {

/// The bars to ask history for: those of `series` that open within `range`.
struct BarCheck {
  Series series;
  Range range;
  bool operator==(const BarCheck&) const = default;
};

/// What the answer to a check has shown, in bars.
struct Verdict {
  std::size_t checked = 0;    ///< that history has as well
  std::size_t differing = 0;  ///< of these: history tells another price
  std::size_t unchecked = 0;  ///< that are given up: history did not have them time and again
  bool operator==(const Verdict&) const = default;
};

/// A bar as history has it, of which the live one had told otherwise. Bid only.
struct Correction {
  std::string symbol;
  market::Bar bar;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(symbol, bar);
  }
};

/// Compares the broker's live bars, as streaming has journaled them when they closed, with the
/// broker's history, which may have the last say (PROTOCOL.md 6.1): each live bar once. Pure.
///
/// Prices are compared, tick counts are not: changes of the ask are counted in the next event with
/// a bid, so that most live bars lack those after their last one, and most would be told again.
///
/// It is done in rounds, so that a symbol costs one request a round however many bars wait, and all
/// that a round finds is told together. Between two calls all that there is to know is serialized.
class BarChecker {
 public:
  /// More bars than so many do not wait, a day of 34 symbols: what comes then is not taken.
  static constexpr std::size_t most_waiting = 50'000;
  /// In so many rounds history is asked for a bar before it is given up.
  static constexpr unsigned most_rounds = 3;

  /// A round begins `every` after the last one, the first as long after the first call of next();
  /// zero: no bar is taken, none is asked for.
  explicit BarChecker(std::chrono::milliseconds every) : every_ms_{every.count()} {}

  /// A record of streaming's bars; others, and bars that are not closed, are passed over. False
  /// when there is no room: the bar is not checked.
  [[nodiscard]] bool take(const journal::Record& record);

  /// What to ask for now, the same again until it is judged or failed; nothing when no round is on.
  /// Begins one when it is time. Asked for are bars that are in history by `now_ms`.
  [[nodiscard]] std::optional<BarCheck> next(std::int64_t now_ms);
  /// A round begins now, whenever the last one was.
  void begin_round(std::int64_t now_ms);
  /// Symbols wait to be asked for.
  [[nodiscard]] bool in_round() const;

  /// Takes the answer to `check`, the page of its range. What a cut answer leaves open is next().
  Verdict judge(const BarCheck& check, const BarsPage& page);
  /// History will not answer: as if it had none of these bars.
  Verdict fail(const BarCheck& check);
  /// History cannot answer for the moment: this symbol is left to the next round, so that it does
  /// not hold up the others.
  void put_off(const BarCheck& check);

  [[nodiscard]] bool has_corrections() const { return !corrections_.empty(); }
  /// The bars that differ, in order of time for each symbol; to be published once.
  [[nodiscard]] std::vector<Correction> take_corrections();
  /// Bars that wait to be checked.
  [[nodiscard]] std::size_t waiting() const { return waiting_; }

  template <class Archive>
  void serialize(Archive& archive) {
    archive(series_, corrections_, last_round_ms_, waiting_);
  }

 private:
  struct Waiting {
    market::Prices bid;
    std::uint8_t rounds = 0;  // in which history did not have it

    template <class Archive>
    void serialize(Archive& archive) {
      archive(bid, rounds);
    }
  };
  using WaitingBars = std::map<std::int64_t, Waiting>;  // by opening time, Unix ms
  struct OfSeries {
    WaitingBars bars;
    bool in_round = false;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(bars, in_round);
    }
  };

  WaitingBars::iterator missed(OfSeries& of, WaitingBars::iterator bar, Verdict& verdict);
  WaitingBars::iterator erase(OfSeries& of, WaitingBars::iterator bar);

  std::int64_t every_ms_;
  std::map<Series, OfSeries> series_;
  std::vector<Correction> corrections_;
  std::int64_t last_round_ms_ = 0;  // 0: none yet
  std::size_t waiting_ = 0;
};

}  // namespace depthwire::historical
