#include "services/historical/core/seen_ticks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

namespace depthwire::historical {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::array both_sides{true, true};
constexpr std::array bid_alone{true, false};

PastTick past(std::int64_t time_ms, std::int64_t points) {
  return {time_ms, market::Price{points}};
}

std::vector<PastTick> within(const Range& range, std::vector<PastTick> ticks) {
  std::erase_if(ticks, [&](const auto& tick) { return !range.contains(tick.time_ms); });
  return ticks;
}

TEST(SeenTicks, WithoutASecondSubscriptionThereIsNoGap) {
  SeenTicks seen;
  EXPECT_TRUE(seen.empty());
  seen.begin(5);
  seen.see(6, both_sides);

  EXPECT_FALSE(seen.gap(0));
  seen.end();
  EXPECT_FALSE(seen.gap(0));
  EXPECT_EQ(seen.newest_ms(), 6);
}

TEST(SeenTicks, AGapReachesFromTheLastTickToTheBoundOfTheNextSubscription) {
  SeenTicks seen;
  seen.begin(5);
  seen.see(8, both_sides);
  seen.see(10, bid_alone);
  seen.begin(20);

  EXPECT_EQ(seen.gap(0), (Range{10, 21}));
  EXPECT_EQ(seen.gap(1), (Range{8, 21}));
}

TEST(SeenTicks, WithoutABoundTheFirstTickEndsTheGap) {
  SeenTicks seen;
  seen.see(10, both_sides);
  seen.see(11, both_sides);
  seen.begin(std::nullopt);
  EXPECT_FALSE(seen.gap(0));
  EXPECT_EQ(seen.horizon_ms(), 11);

  seen.see(30, bid_alone);

  EXPECT_EQ(seen.gap(0), (Range{11, 31}));
  const std::vector<PastTick> history{past(11, 1), past(12, 2), past(30, 3), past(30, 4)};
  EXPECT_THAT(seen.unseen(history, 0), ElementsAre(past(12, 2), past(30, 3)));
  EXPECT_THAT(seen.unseen(history, 1), ElementsAre(past(12, 2), past(30, 3), past(30, 4)));
}

TEST(SeenTicks, OfAMillisecondThatIsSeenInPartTheRestIsMissed) {
  SeenTicks seen;
  seen.begin(5);
  seen.see(10, bid_alone);
  seen.see(10, bid_alone);
  seen.begin(20);
  seen.see(20, bid_alone);
  const std::vector<PastTick> history{past(9, 1),  past(10, 2), past(10, 3), past(10, 4),
                                      past(15, 5), past(20, 6), past(20, 7), past(21, 8)};

  EXPECT_THAT(seen.unseen(history, 0), ElementsAre(past(10, 4), past(15, 5), past(20, 6)));
  EXPECT_THAT(seen.between(history, 0), ElementsAre(past(10, 4), past(15, 5), past(20, 6)));
}

TEST(SeenTicks, WhatWasSeenBetweenTwoOutagesIsNotMissedButLiesBetween) {
  SeenTicks seen;
  seen.begin(1);
  seen.see(2, bid_alone);
  seen.begin(4);
  seen.see(5, bid_alone);
  seen.see(6, bid_alone);
  seen.begin(8);
  const std::vector<PastTick> history{past(2, 1), past(3, 2), past(4, 3), past(5, 4),
                                      past(6, 5), past(7, 6), past(8, 7), past(9, 8)};

  EXPECT_THAT(seen.unseen(within(*seen.gap(0), history), 0),
              ElementsAre(past(3, 2), past(4, 3), past(7, 6), past(8, 7)));
  EXPECT_THAT(seen.between(history, 0),
              ElementsAre(past(3, 2), past(4, 3), past(5, 4), past(6, 5), past(7, 6), past(8, 7)));
}

TEST(SeenTicks, AMendedGapIsSeenAndOneThatIsGivenUpIsNot) {
  SeenTicks mended;
  mended.see(1, bid_alone);
  mended.see(2, bid_alone);
  mended.begin(8);
  auto given_up = mended;
  const std::vector<PastTick> history{past(5, 4), past(8, 5), past(9, 6)};

  mended.mend();
  given_up.give_up();

  EXPECT_FALSE(mended.gap(0));
  EXPECT_THAT(mended.unseen(history, 0), IsEmpty());
  EXPECT_FALSE(given_up.gap(0));
  EXPECT_THAT(given_up.unseen(history, 0), ElementsAre(past(5, 4), past(8, 5)));
  mended.begin(12);
  given_up.begin(12);
  EXPECT_EQ(mended.gap(0), (Range{8, 13}));
  EXPECT_EQ(given_up.gap(0), (Range{9, 13}));
}

TEST(SeenTicks, SeenAndMissedAreTogetherAllThereWas) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    SeenTicks seen;
    std::array<std::vector<PastTick>, sides> market;
    std::array<std::vector<PastTick>, sides> known;
    const auto mend = [&] {
      if (!seen.gap(0)) return;
      for (std::size_t side = 0; side < sides; ++side) {
        const auto missed = seen.unseen(within(*seen.gap(side), market.at(side)), side);
        known.at(side).insert(known.at(side).end(), missed.begin(), missed.end());
      }
      seen.mend();
    };
    std::int64_t now = 100;
    bool connected = true;
    seen.begin(now);
    for (int step = 0; step < 300; ++step) {
      const auto what = random() % 12;
      if (what == 0 && connected) {
        connected = false;
        seen.end();
        ++now;  // within the millisecond of a subscription nobody could tell
      } else if (what <= 2 && !connected) {
        connected = true;
        seen.begin(random() % 2 == 0 ? std::optional(now) : std::nullopt);
      } else if (what == 3 && connected) {
        ++now;  // long after: a millisecond is whole
        mend();
      } else {
        now += static_cast<std::int64_t>(random() % 3);  // several ticks in one millisecond
        const auto which = random() % 3;
        const std::array carried{which != 1, which != 2};
        for (std::size_t side = 0; side < sides; ++side) {
          if (!carried.at(side)) continue;
          market.at(side).push_back(past(now, static_cast<int>(random() % 50) + 1));
          if (connected) known.at(side).push_back(market.at(side).back());
        }
        if (connected) seen.see(now, carried);
      }
    }
    if (!connected) seen.begin(++now);
    now += 1;
    if (!seen.gap(0)) seen.see(now, {});
    mend();
    const auto sorted = [](std::vector<PastTick> ticks) {
      std::ranges::sort(ticks, {},
                        [](const PastTick& tick) { return std::pair(tick.time_ms, tick.price); });
      return ticks;
    };
    for (std::size_t side = 0; side < sides; ++side) {
      EXPECT_EQ(sorted(known.at(side)), sorted(market.at(side))) << "side " << side;
    }
  }
}

}  // namespace
}  // namespace depthwire::historical
