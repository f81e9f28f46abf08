#include "services/historical/core/bar_checker.hpp"

#include "common/state/state.hpp"
#include "proto/bus/envelope.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <utility>

namespace depthwire::historical {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Live bars of minutes since `epoch_ms`, and a history that the test plays.
class BarCheckerTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t m = 60'000;
  static constexpr std::int64_t epoch_ms = 1'399'552'200'000;  // 2014-05-08 12:30:00 UTC
  static constexpr std::chrono::hours every{1};

  static std::int64_t at(std::int64_t minute) { return epoch_ms + minute * m; }

  /// Opens at `open`, moves between 2 below and 3 above, closes 1 above.
  static bus::Bar bar(std::int64_t minute, std::int64_t open = 100, std::uint64_t ticks = 7) {
    bus::Bar bar;
    bar.set_period(bus::m1);
    bar.set_open_time_ns(at(minute) * ns_per_ms);
    bar.mutable_bid()->set_open(open);
    bar.mutable_bid()->set_high(open + 3);
    bar.mutable_bid()->set_low(open - 2);
    bar.mutable_bid()->set_close(open + 1);
    bar.set_tick_count(ticks);
    bar.set_closed(true);
    return bar;
  }
  static bool take(BarChecker& checker, const std::string& symbol, const bus::Bar& bar) {
    bus::Envelope envelope;
    envelope.set_symbol(symbol);
    *envelope.mutable_bar() = bar;
    const auto bytes = envelope.SerializeAsString();
    journal::Record record;
    record.header.payload_type = bus::Envelope::kBar;
    record.payload = bytes;
    return checker.take(record);
  }
  void live(const bus::Bar& bar) { EXPECT_TRUE(take(checker_, "EURUSD", bar)); }
  /// A round begins, long after all bars have ended.
  std::optional<BarCheck> round() {
    (void)checker_.next(now_ms_);
    now_ms_ += 3'600'000;
    return checker_.next(now_ms_);
  }
  static Range minutes(std::int64_t first, std::int64_t last) { return {at(first), at(last) + 1}; }
  /// All that history has, or the newest bars of it.
  Verdict answer(const BarCheck& check, std::vector<bus::Bar> history, bool has_more = false) {
    return checker_.judge(
        check, bars_page(std::move(history), check.series.period, check.range, has_more, now_ms_));
  }

  BarChecker checker_{every};
  std::int64_t now_ms_ = at(100'000);
};

TEST_F(BarCheckerTest, ABarThatHistoryTellsOtherwiseIsCorrectedOnceAndNoOther) {
  live(bar(1));
  live(bar(2, 100));
  live(bar(3));

  const auto check = round();
  ASSERT_EQ(check, (BarCheck{{.symbol = "EURUSD", .period = bus::m1}, minutes(1, 3)}));
  const auto verdict = answer(*check, {bar(1), bar(2, 90, 8), bar(3)});

  EXPECT_EQ(verdict, (Verdict{.checked = 3, .differing = 1}));
  const auto corrections = checker_.take_corrections();
  ASSERT_THAT(corrections, SizeIs(1));
  EXPECT_EQ(corrections[0].symbol, "EURUSD");
  EXPECT_EQ(
      corrections[0].bar,
      (market::Bar{.period = market::Period::m1,
                   .open_time_ns = at(2) * ns_per_ms,
                   .bid = market::Prices{.open = {90}, .high = {93}, .low = {88}, .close = {91}},
                   .ask = {},
                   .tick_count = 8}));
  EXPECT_THAT(checker_.take_corrections(), IsEmpty());
  EXPECT_EQ(round(), std::nullopt);
}

TEST_F(BarCheckerTest, AnotherTickCountAloneIsNoDifference) {
  live(bar(1, 100, 7));

  EXPECT_EQ(answer(*round(), {bar(1, 100, 8)}), (Verdict{.checked = 1}));
  EXPECT_FALSE(checker_.has_corrections());
}

TEST_F(BarCheckerTest, EachOfTheFourPricesIsCompared) {
  const std::array<void (bus::Prices::*)(std::int64_t), 4> prices{
      &bus::Prices::set_open, &bus::Prices::set_high, &bus::Prices::set_low,
      &bus::Prices::set_close};
  std::vector<bus::Bar> history;
  for (const auto set : prices) {
    const auto minute = static_cast<std::int64_t>(history.size());
    live(bar(minute));
    history.push_back(bar(minute));
    (history.back().mutable_bid()->*set)(50);
  }

  EXPECT_EQ(answer(*round(), history), (Verdict{.checked = 4, .differing = 4}));
}

TEST_F(BarCheckerTest, OnlyClosedLiveBarsAreTaken) {
  auto forming = bar(1);
  forming.set_closed(false);
  auto built = bar(2);
  built.set_origin(bus::Bar::aggregator);
  auto without_bid = bar(3);
  without_bid.clear_bid();
  auto unknown = bar(4);
  unknown.set_period(bus::s1);
  for (const auto& other : {forming, built, without_bid, unknown}) live(other);
  journal::Record spot;
  spot.header.payload_type = bus::Envelope::kSpot;
  EXPECT_TRUE(checker_.take(spot));

  EXPECT_EQ(checker_.waiting(), 0U);
}

TEST_F(BarCheckerTest, ABarIsAskedForOnceHistoryHasIt) {
  live(bar(1));
  live(bar(2));
  checker_.begin_round(at(2) + 9'999);
  EXPECT_FALSE(checker_.in_round());

  checker_.begin_round(at(2) + 10'000);

  EXPECT_EQ(checker_.next(at(2) + 10'000)->range, minutes(1, 1));
  EXPECT_EQ(checker_.next(at(3) + 9'999)->range, minutes(1, 1));
  EXPECT_EQ(checker_.next(at(3) + 10'000)->range, minutes(1, 2));
}

TEST_F(BarCheckerTest, ARoundAsksForEachSymbolAndTheNextComesLater) {
  live(bar(1));
  EXPECT_TRUE(take(checker_, "GBPUSD", bar(2)));
  EXPECT_EQ(checker_.next(at(10)), std::nullopt) << "the first one is after an hour too";
  EXPECT_EQ(checker_.next(at(69)), std::nullopt);

  const auto first = checker_.next(at(70));
  ASSERT_EQ(first->series.symbol, "EURUSD");
  EXPECT_EQ(checker_.next(at(70)), first) << "it stands until it is judged";
  answer(*first, {bar(1)});
  const auto second = checker_.next(at(71));
  ASSERT_EQ(second->series.symbol, "GBPUSD");
  answer(*second, {bar(2)});

  live(bar(3));
  EXPECT_EQ(checker_.next(at(129)), std::nullopt);
  EXPECT_EQ(checker_.next(at(130))->range, minutes(3, 3));
}

TEST_F(BarCheckerTest, AfterAClockWasSetBackTheNextRoundIsNotFarAway) {
  live(bar(1));
  EXPECT_EQ(checker_.next(at(100'000)), std::nullopt);

  EXPECT_EQ(checker_.next(at(1'000)), std::nullopt);
  EXPECT_NE(checker_.next(at(1'060)), std::nullopt);
}

TEST_F(BarCheckerTest, ABarThatHistoryLacksIsAskedForInThreeRounds) {
  live(bar(1));
  live(bar(2));
  EXPECT_EQ(answer(*round(), {bar(2)}), (Verdict{.checked = 1}));
  EXPECT_FALSE(checker_.in_round());
  EXPECT_EQ(answer(*round(), {}), Verdict{});

  EXPECT_EQ(answer(*round(), {}), (Verdict{.unchecked = 1}));

  EXPECT_EQ(checker_.waiting(), 0U);
  EXPECT_EQ(round(), std::nullopt);
}

TEST_F(BarCheckerTest, ARefusalCountsAsAnAnswerWithoutBars) {
  live(bar(1));
  EXPECT_EQ(checker_.fail(*round()), Verdict{});
  EXPECT_EQ(checker_.fail(*round()), Verdict{});
  EXPECT_EQ(checker_.fail(*round()), (Verdict{.unchecked = 1}));
}

TEST_F(BarCheckerTest, WhatCannotBeAnsweredNowIsLeftToTheNextRound) {
  live(bar(1));
  EXPECT_TRUE(take(checker_, "GBPUSD", bar(1)));

  checker_.put_off(*round());

  EXPECT_EQ(checker_.next(now_ms_)->series.symbol, "GBPUSD");
  answer(*checker_.next(now_ms_), {bar(1)});
  EXPECT_FALSE(checker_.in_round());
  EXPECT_EQ(round()->series.symbol, "EURUSD");
}

TEST_F(BarCheckerTest, ACutAnswerIsFollowedBackInTheSameRound) {
  for (const auto minute : {1, 2, 3}) live(bar(minute));

  EXPECT_EQ(answer(*round(), {bar(2), bar(3)}, true), (Verdict{.checked = 2}));

  const auto rest = checker_.next(now_ms_);
  ASSERT_EQ(rest->range, minutes(1, 1));
  EXPECT_EQ(answer(*rest, {bar(1)}), (Verdict{.checked = 1}));
  EXPECT_FALSE(checker_.in_round());
}

TEST_F(BarCheckerTest, MoreThanOneRequestMayHoldIsAskedForNewestFirst) {
  constexpr auto five_weeks = std::int64_t{5} * 7 * 24 * 60;
  live(bar(0));
  live(bar(five_weeks));

  const auto newest = round();
  ASSERT_EQ(newest->range.length_ms(), five_weeks * m);
  answer(*newest, {bar(five_weeks)});

  EXPECT_EQ(checker_.next(now_ms_)->range, minutes(0, 0));
}

TEST_F(BarCheckerTest, BeyondTheRoomBarsAreNotTaken) {
  for (std::size_t i = 0; i < BarChecker::most_waiting; ++i) {
    live(bar(static_cast<std::int64_t>(i)));
  }
  const auto beyond = bar(BarChecker::most_waiting);
  EXPECT_FALSE(take(checker_, "EURUSD", beyond));
  EXPECT_TRUE(take(checker_, "EURUSD", bar(1))) << "that is no more";

  answer(*round(), {});
  checker_.fail(*round());
  checker_.fail(*round());

  EXPECT_TRUE(take(checker_, "EURUSD", beyond));
}

TEST_F(BarCheckerTest, WithoutAnIntervalNothingIsTakenAndNothingAskedFor) {
  checker_ = BarChecker{std::chrono::milliseconds{0}};
  live(bar(1));

  EXPECT_EQ(checker_.waiting(), 0U);
  EXPECT_EQ(round(), std::nullopt);
}

/// Random live bars, some of them wrong, against a history that is late, cuts its answers, refuses,
/// and a process that dies between any two steps: it goes on from the state and the place in
/// streaming's journal that it has kept with what it has published.
TEST_F(BarCheckerTest, EachDifferingBarIsCorrectedExactlyOnceAndNoEqualBarIs) {
  struct Live {
    std::string symbol;
    bus::Bar bar;
  };
  using Key = std::pair<std::string, std::int64_t>;
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const auto one_in = [&](unsigned n) { return random() % n == 0; };
    std::vector<Live> streaming;  // its journal
    std::map<Key, bus::Bar> history;
    std::set<Key> late;  // that history lacks the first time it is asked
    std::map<Key, bus::Bar> differing;
    std::set<std::string> refused;  // each once, so that no bar is given up
    std::multimap<Key, market::Bar> published;
    std::size_t position = 0;
    std::string kept;
    std::size_t kept_position = 0;
    checker_ = BarChecker{every};
    auto now = at(0);
    const auto keep = [&] {
      kept.clear();
      state::save(checker_, kept);
      kept_position = position;
    };
    const auto publish = [&] {
      if (checker_.in_round()) return;
      for (const auto& [symbol, bar] : checker_.take_corrections()) {
        published.emplace(Key{symbol, bar.open_time_ns}, bar);
      }
      keep();
    };
    const auto serve = [&](const BarCheck& check) {
      if (one_in(8)) return;  // the connection is lost
      if (one_in(8)) return checker_.put_off(check);
      if (one_in(8) && refused.insert(check.series.symbol).second)
        return void(checker_.fail(check));
      std::vector<bus::Bar> found;
      for (const auto& [key, bar] : history) {
        const bool asked = key.first == check.series.symbol &&
                           check.range.contains(bar.open_time_ns() / ns_per_ms);
        if (asked && late.erase(key) == 0) found.push_back(bar);
      }
      const auto most = 1 + random() % 9;
      const bool has_more = found.size() > most;
      if (has_more) found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(most));
      checker_.judge(check, bars_page(found, bus::m1, check.range, has_more, now));
    };
    keep();

    for (std::int64_t minute = 0; minute < 300; ++minute) {
      now = at(minute + 1);
      for (const auto* symbol : {"EURUSD", "GBPUSD", "XAUUSD"}) {
        if (one_in(5)) continue;  // no tick, no bar
        const auto told = bar(minute, 100 + static_cast<int>(random() % 50));
        const Key key{symbol, told.open_time_ns()};
        history[key] = told;
        if (one_in(6)) late.insert(key);
        if (one_in(4)) {
          history[key].set_tick_count(99);
          if (one_in(2)) {
            history[key].mutable_bid()->set_close(98);
            differing[key] = history[key];
          }
        }
        streaming.push_back({symbol, told});
      }
      for (; position < streaming.size() && !one_in(40); ++position) {
        EXPECT_TRUE(take(checker_, streaming[position].symbol, streaming[position].bar));
      }
      if (const auto check = checker_.next(now)) serve(*check);
      if (one_in(10)) publish();
      if (one_in(10)) keep();
      if (one_in(15)) {
        checker_ = BarChecker{every};
        state::load(kept, checker_);
        position = kept_position;
      }
    }
    for (; position < streaming.size(); ++position) {
      EXPECT_TRUE(take(checker_, streaming[position].symbol, streaming[position].bar));
    }
    for (int step = 0; step < 10'000 && checker_.waiting() > 0; ++step) {
      now += m;
      if (const auto check = checker_.next(now)) serve(*check);
    }
    ASSERT_EQ(checker_.waiting(), 0U);
    publish();

    ASSERT_EQ(published.size(), differing.size());
    for (const auto& [key, bar] : differing) {
      ASSERT_EQ(published.count(key), 1U);
      const auto& told = published.find(key)->second;
      EXPECT_EQ(told.tick_count, bar.tick_count());
      EXPECT_EQ(told.bid->close.points, bar.bid().close());
    }
  }
}

}  // namespace
}  // namespace depthwire::historical
