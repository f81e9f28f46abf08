#include "services/historical/core/page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::historical {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t one_minute = 60'000;
constexpr std::int64_t history_lag = 10'000;

bus::Bar bar_at(std::int64_t open_ms) {
  bus::Bar bar;
  bar.set_period(bus::m1);
  bar.set_open_time_ns(open_ms * 1'000'000);
  return bar;
}

PastTick tick(std::int64_t time_ms, std::int64_t points) {
  return {time_ms, market::Price{points}};
}

std::vector<std::int64_t> opens(const BarsPage& page) {
  std::vector<std::int64_t> minutes;
  minutes.reserve(page.bars.size());
  for (const auto& bar : page.bars) minutes.push_back(bar.open_time_ns() / 1'000'000 / one_minute);
  return minutes;
}

TEST(BarsPage, AWholeAnswerSettlesItsWindow) {
  const auto page = bars_page({bar_at(2 * one_minute), bar_at(one_minute)}, bus::m1,
                              {0, 9 * one_minute}, false, 100 * one_minute);

  EXPECT_THAT(opens(page), ElementsAre(1, 2));
  EXPECT_EQ(page.reach.settled, (Range{0, 9 * one_minute}));
  EXPECT_EQ(page.reach.covered, (Range{0, 9 * one_minute}));
  EXPECT_TRUE(page.bars.back().closed());
}

TEST(BarsPage, AnEmptyAnswerSettlesItsWindowWhateverItSays) {
  for (const bool has_more : {false, true}) {
    const auto page = bars_page({}, bus::m1, {0, 9 * one_minute}, has_more, 100 * one_minute);
    EXPECT_EQ(page.reach.settled, (Range{0, 9 * one_minute}));
  }
}

TEST(BarsPage, ACutAnswerSettlesWhatItReachesBackTo) {
  const auto page = bars_page({bar_at(5 * one_minute), bar_at(8 * one_minute)}, bus::m1,
                              {0, 9 * one_minute}, true, 100 * one_minute);

  EXPECT_EQ(page.reach.settled, (Range{5 * one_minute, 9 * one_minute}));
}

TEST(BarsPage, BarsOutsideOfTheWindowAreDropped) {
  const auto page = bars_page({bar_at(0), bar_at(one_minute), bar_at(2 * one_minute)}, bus::m1,
                              {one_minute, 2 * one_minute}, false, 100 * one_minute);

  EXPECT_THAT(opens(page), ElementsAre(1));
}

TEST(BarsPage, TheFormingBarIsAskedForAgain) {
  const auto page = bars_page({bar_at(one_minute), bar_at(2 * one_minute)}, bus::m1,
                              {0, 9 * one_minute}, false, 3 * one_minute - 1);

  EXPECT_TRUE(page.bars[0].closed());
  EXPECT_FALSE(page.bars[1].closed());
  EXPECT_EQ(page.reach.settled, (Range{0, 9 * one_minute}));
  EXPECT_EQ(page.reach.covered, (Range{0, 2 * one_minute - history_lag}));
}

TEST(TicksPage, TheOldestMillisecondOfACutAnswerIsLeftToTheNext) {
  const auto page =
      ticks_page({tick(5, 1), tick(5, 2), tick(6, 3), tick(9, 4)}, {0, 100}, true, 1'000'000);

  EXPECT_THAT(page.ticks, ElementsAre(tick(6, 3), tick(9, 4)));
  EXPECT_EQ(page.reach.settled, (Range{6, 100}));
}

TEST(TicksPage, AnAnswerOfOneMillisecondIsTaken) {
  const auto page = ticks_page({tick(5, 1), tick(5, 2)}, {0, 6}, true, 1'000'000);

  EXPECT_EQ(page.ticks.size(), 2U);
  EXPECT_EQ(page.reach.settled, (Range{5, 6}));
}

TEST(TicksPage, TheLastSecondsMayStillComeIn) {
  const auto page = ticks_page({tick(5, 1)}, {0, 60'000}, false, 30'000);

  EXPECT_EQ(page.reach.settled, (Range{0, 60'000}));
  EXPECT_EQ(page.reach.covered, (Range{0, 30'000 - history_lag}));
}

TEST(TicksPage, WhatIsCoveredMayBeNothing) {
  const auto page = ticks_page({}, {50'000, 60'000}, false, 30'000);

  EXPECT_TRUE(page.reach.covered.empty());
  EXPECT_THAT(page.ticks, IsEmpty());
}

}  // namespace
}  // namespace depthwire::historical
