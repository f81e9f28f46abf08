#include "simulator/market/level_ids.hpp"

#include "common/market/book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace depthwire::simulator {
namespace {

using market::DepthUpdate;
using market::Price;
using market::Quote;
using market::Side;
using market::Size;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(LevelIds, AChangedLevelIsANewIdAndADeleteOfTheOldOneInOneEvent) {
  LevelIds levels;
  DepthUpdate first;
  DepthUpdate second;

  levels.begin_event();
  levels.set(Side::bid, Price{10}, 5, first);
  levels.begin_event();
  levels.set(Side::bid, Price{10}, 6, second);

  EXPECT_THAT(first.added, ElementsAre(Quote{1, Side::bid, Price{10}, Size{5}}));
  EXPECT_THAT(second.removed, ElementsAre(1U));
  EXPECT_THAT(second.added, ElementsAre(Quote{2, Side::bid, Price{10}, Size{6}}));
}

TEST(LevelIds, ALevelThatIsSoAlreadyIsLeftAlone) {
  LevelIds levels;
  DepthUpdate first;
  DepthUpdate second;
  levels.begin_event();
  levels.set(Side::ask, Price{10}, 5, first);

  levels.begin_event();
  levels.set(Side::ask, Price{10}, 5, second);
  levels.set(Side::ask, Price{11}, 0, second);

  EXPECT_EQ(second, DepthUpdate{});
}

TEST(LevelIds, WhatComesAndGoesWithinOneEventLeavesNoTrace) {
  LevelIds levels;
  DepthUpdate update;

  levels.begin_event();
  levels.set(Side::ask, Price{10}, 5, update);
  levels.set(Side::ask, Price{10}, 7, update);
  levels.set(Side::ask, Price{11}, 5, update);
  levels.set(Side::ask, Price{11}, 0, update);

  EXPECT_THAT(update.removed, IsEmpty());
  EXPECT_THAT(update.added, ElementsAre(Quote{2, Side::ask, Price{10}, Size{7}}));
}

TEST(LevelIds, ClearingRemovesEveryId) {
  LevelIds levels;
  DepthUpdate update;
  levels.begin_event();
  levels.set(Side::bid, Price{9}, 5, update);
  levels.set(Side::ask, Price{10}, 5, update);
  DepthUpdate cleared;

  levels.begin_event();
  levels.clear(cleared);

  EXPECT_THAT(cleared.removed, testing::UnorderedElementsAre(1U, 2U));
  EXPECT_EQ(levels.best_bid(), std::nullopt);
  EXPECT_EQ(levels.best_ask(), std::nullopt);
}

TEST(LevelIds, ABookOfTheIdsEqualsTheLevels) {
  std::mt19937_64 random(20240808);
  const auto pick = [&random](std::uint64_t bound) {
    return static_cast<std::int64_t>(random() % bound);
  };
  LevelIds levels;
  market::Book book;
  std::map<std::int64_t, std::int64_t> bids;
  std::map<std::int64_t, std::int64_t> asks;

  for (int step = 0; step < 5000; ++step) {
    DepthUpdate update;
    levels.begin_event();
    if (pick(500) == 0) {
      levels.clear(update);
      bids.clear();
      asks.clear();
    }
    for (auto rows = 1 + pick(6); rows > 0; --rows) {
      const Side side = pick(2) == 0 ? Side::bid : Side::ask;
      const auto price = 100 + pick(12);
      const auto cents = pick(4);
      auto& known = side == Side::bid ? bids : asks;
      levels.set(side, Price{price}, cents, update);
      if (cents == 0) {
        known.erase(price);
      } else {
        known[price] = cents;
      }
    }
    const auto applied = book.apply(update);
    ASSERT_TRUE(applied);
    ASSERT_EQ(applied->unknown_removals, 0U);
    for (const Side side : {Side::bid, Side::ask}) {
      std::map<std::int64_t, std::int64_t> held;
      for (const auto& level : book.levels(side, 100)) {
        held[level.price.points] = level.size.cents;
      }
      ASSERT_EQ(held, side == Side::bid ? bids : asks) << "step " << step;
    }
  }
}

}  // namespace
}  // namespace depthwire::simulator
