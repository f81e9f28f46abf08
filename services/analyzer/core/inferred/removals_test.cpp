#include "services/analyzer/core/inferred/removals.hpp"

#include "services/analyzer/core/testing/followed_book.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using market::Side;
using testing::ask;
using testing::bid;

/// Bid 100x5, asks 101x4, 102x6, 103x8.
class RemovalsTest : public ::testing::Test {
 protected:
  RemovalsTest() {
    at_.apply(0, {}, {bid(1, 100, 5), ask(11, 101, 4), ask(12, 102, 6), ask(13, 103, 8)});
  }

  testing::FollowedBook at_;
};

TEST_F(RemovalsTest, KnowHowFarBehindTheTouchSomethingVanished) {
  at_.apply(10, {12, 11}, {});

  ASSERT_EQ(at_.removals.latest().size(), 2U);
  EXPECT_EQ(at_.removals.latest()[0].behind_touch, 1);
  EXPECT_EQ(at_.removals.latest()[1].behind_touch, 0);
  at_.apply(20, {}, {bid(2, 99, 1)});
  EXPECT_TRUE(at_.removals.latest().empty());
  EXPECT_EQ(at_.removals.kept().size(), 2U);
}

TEST_F(RemovalsTest, WhatComesBackNearbyWithin150MsIsRePricedAtAnyDepth) {
  at_.apply(10, {13}, {});
  at_.apply(160, {}, {ask(23, 104, 8)});
  at_.apply(200, {12}, {});
  at_.apply(351, {}, {ask(22, 104, 6)});

  EXPECT_TRUE(at_.removals.repriced(13, 10 * ns_per_ms));
  EXPECT_FALSE(at_.removals.repriced(12, 200 * ns_per_ms)) << "1 ms too late";
}

TEST_F(RemovalsTest, TheTouchHasTheFirstChoiceAmongTheAdditions) {
  at_.apply(5, {}, {ask(14, 102, 4)});
  at_.apply(10, {14}, {});
  at_.apply(20, {11}, {ask(21, 103, 4)});

  EXPECT_TRUE(at_.removals.repriced(11, 20 * ns_per_ms));
  EXPECT_FALSE(at_.removals.repriced(14, 10 * ns_per_ms)) << "the addition pairs once";
}

TEST_F(RemovalsTest, ARefillIsTheFirstToComeBackAfter150MsAboutAsLarge) {
  at_.apply(10, {13}, {});
  at_.apply(161, {}, {ask(23, 103, 7)});

  ASSERT_EQ(at_.removals.refills().size(), 1U);
  const Refill& refill = at_.removals.refills()[0];
  EXPECT_EQ(refill.side, Side::ask);
  EXPECT_EQ(refill.price.points, 103);
  EXPECT_EQ(refill.removed.cents, 8);
  EXPECT_EQ(refill.added.cents, 7);
  EXPECT_EQ(refill.delay, 151 * ns_per_ms);
  EXPECT_EQ(refill.behind_touch, 2);
  at_.apply(162, {}, {ask(24, 103, 8)});
  EXPECT_TRUE(at_.removals.refills().empty()) << "a removal is answered once";
}

TEST_F(RemovalsTest, WhatComesBackSoonerOrOfAnotherSizeIsNoRefillAndNorIsWhatFollowsIt) {
  at_.apply(10, {13}, {});
  at_.apply(160, {}, {ask(23, 103, 9)});  // 12 % more, so no re-price either
  EXPECT_TRUE(at_.removals.refills().empty());
  at_.apply(500, {}, {ask(24, 103, 8)});
  EXPECT_TRUE(at_.removals.refills().empty());

  at_.apply(1'000, {12}, {});
  at_.apply(1'500, {}, {ask(22, 102, 8)});  // a third more
  EXPECT_TRUE(at_.removals.refills().empty());
}

TEST_F(RemovalsTest, ARefillComesWithin1500Ms) {
  at_.apply(1'000, {12}, {});
  at_.apply(2'500, {}, {ask(22, 102, 6)});
  EXPECT_EQ(at_.removals.refills().size(), 1U);

  at_.apply(3'000, {22}, {});
  at_.apply(4'501, {}, {ask(32, 102, 6)});
  EXPECT_TRUE(at_.removals.refills().empty());
}

TEST_F(RemovalsTest, AreBounded) {
  for (market::QuoteId id = 100; id < 3'100; ++id) {
    at_.apply(10, {}, {ask(id, 104, 9)});
    at_.apply(10, {id}, {});
  }

  EXPECT_EQ(at_.removals.kept().size(), 1'024U);
  EXPECT_EQ(at_.removals.kept().back().part.id, 3'099U);
}

}  // namespace
}  // namespace depthwire::analyzer
