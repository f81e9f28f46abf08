#include "services/historical/core/time_ranges.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

namespace depthwire::historical {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(TimeRanges, NeighboursBecomeOne) {
  TimeRanges ranges;
  ranges.add({10, 20});
  ranges.add({30, 40});
  EXPECT_THAT(ranges.all(), ElementsAre(Range{10, 20}, Range{30, 40}));

  ranges.add({20, 30});

  EXPECT_THAT(ranges.all(), ElementsAre(Range{10, 40}));
}

TEST(TimeRanges, AnEmptyRangeChangesNothing) {
  TimeRanges ranges;
  ranges.add({10, 10});
  ranges.add({10, 5});
  EXPECT_TRUE(ranges.empty());
}

TEST(TimeRanges, WhatIsMissingIsToldOldestFirst) {
  TimeRanges ranges;
  ranges.add({10, 20});
  ranges.add({30, 40});

  EXPECT_THAT(ranges.missing({0, 50}), ElementsAre(Range{0, 10}, Range{20, 30}, Range{40, 50}));
  EXPECT_THAT(ranges.missing({12, 35}), ElementsAre(Range{20, 30}));
  EXPECT_THAT(ranges.missing({12, 20}), IsEmpty());
  EXPECT_THAT(ranges.missing({20, 20}), IsEmpty());
  EXPECT_EQ(ranges.missing_ms({0, 50}), 30);
}

TEST(TimeRanges, WhatIsRemovedSplitsARange) {
  TimeRanges ranges;
  ranges.add({10, 40});

  ranges.remove({20, 30});
  EXPECT_THAT(ranges.all(), ElementsAre(Range{10, 20}, Range{30, 40}));

  ranges.remove({0, 35});
  EXPECT_THAT(ranges.all(), ElementsAre(Range{35, 40}));
}

TEST(TimeRanges, AreAsASetOfMoments) {
  std::mt19937 random(1);
  for (int run = 0; run < 200; ++run) {
    TimeRanges ranges;
    std::set<std::int64_t> moments;
    for (int step = 0; step < 12; ++step) {
      const auto from = static_cast<std::int64_t>(random() % 30);
      const Range range{from, from + static_cast<std::int64_t>(random() % 9)};
      const bool adds = random() % 3 != 0;
      adds ? ranges.add(range) : ranges.remove(range);
      for (auto t = range.from_ms; t < range.until_ms; ++t) {
        if (adds) {
          moments.insert(t);
        } else {
          moments.erase(t);
        }
      }
    }
    std::set<std::int64_t> held;
    auto before = std::int64_t{-1};
    for (const auto& range : ranges.all()) {
      EXPECT_FALSE(range.empty());
      EXPECT_GT(range.from_ms, before);  // apart: else they were one
      before = range.until_ms;
      for (auto t = range.from_ms; t < range.until_ms; ++t) held.insert(t);
    }
    EXPECT_EQ(held, moments);
    std::set<std::int64_t> lacking;
    for (const auto& gap : ranges.missing({5, 25})) {
      for (auto t = gap.from_ms; t < gap.until_ms; ++t) lacking.insert(t);
    }
    for (std::int64_t t = 5; t < 25; ++t) EXPECT_NE(lacking.contains(t), moments.contains(t));
    EXPECT_EQ(ranges.missing_ms({5, 25}), static_cast<std::int64_t>(lacking.size()));
  }
}

}  // namespace
}  // namespace depthwire::historical
