#include "services/analyzer/core/inferred/sweep.hpp"

#include "services/analyzer/core/testing/followed_book.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using market::Price;
using market::QuoteId;
using testing::ask;
using testing::bid;

/// The book of signals.md S13, asks 101x2, 102x3, 103x4, 104x5, with bids 100 to 97 of 5 each. Ids
/// are the prices.
class SweepTest : public ::testing::Test {
 protected:
  SweepTest() {
    apply(0, {},
          {bid(100, 100, 5), bid(99, 99, 5), bid(98, 98, 5), bid(97, 97, 5), ask(101, 101, 2),
           ask(102, 102, 3), ask(103, 103, 4), ask(104, 104, 5)});
  }

  void apply(Ns ms, std::vector<QuoteId> removed, std::vector<market::Quote> added = {}) {
    at_.apply(ms, std::move(removed), std::move(added));
    sweep_.step(ms * ns_per_ms, at_.book, at_.change, at_.removals.latest());
  }
  [[nodiscard]] std::optional<Swept> judge(Ns ms, std::int64_t spot_bid, std::int64_t spot_ask) {
    return sweep_.judge(ms * ns_per_ms, at_.removals.kept(), Price{spot_bid}, Price{spot_ask});
  }

  testing::FollowedBook at_;
  Sweep sweep_;
};

TEST_F(SweepTest, ThreeLevelsGoneAndTheSpotBeyondThem) {
  apply(10, {101, 102, 103});

  const auto swept = judge(10, 100, 104);

  ASSERT_TRUE(swept);
  EXPECT_EQ(swept->direction, 1);
  EXPECT_EQ(swept->levels, 3U);
  EXPECT_EQ(swept->cents, 9);
  EXPECT_EQ(swept->strength, 0.5);
  EXPECT_EQ(swept->mid_before, 201);
}

TEST_F(SweepTest, BothSidesGoneIsAPull) {
  apply(10, {101, 102, 103, 100, 99, 98});

  const auto swept = judge(10, 97, 104);

  ASSERT_TRUE(swept);
  EXPECT_EQ(swept->direction, 0);
  EXPECT_EQ(swept->levels, 6U);
}

TEST_F(SweepTest, HalfAsManyOfTheOtherSideMakeItAPullToo) {
  apply(10, {101, 102, 103, 100, 99});

  const auto pull = judge(10, 98, 104);

  ASSERT_TRUE(pull);
  EXPECT_EQ(pull->direction, 0);
}

TEST_F(SweepTest, ALevelOfTheOtherSideDoesNotHinderIt) {
  apply(10, {101, 102, 103, 100});

  const auto swept = judge(10, 99, 104);

  ASSERT_TRUE(swept);
  EXPECT_EQ(swept->direction, 1);
}

TEST_F(SweepTest, TwoLevelsAreNone) {
  apply(10, {101, 102});

  EXPECT_FALSE(judge(10, 100, 104));
}

TEST_F(SweepTest, WithoutTheSpotBeyondThemItIsNone) {
  apply(10, {101, 102, 103});

  EXPECT_FALSE(judge(10, 100, 103));
}

TEST_F(SweepTest, MayTakeAHundredMilliseconds) {
  apply(10, {101});
  apply(60, {102});
  apply(110, {103});

  EXPECT_TRUE(judge(10, 100, 104));
}

TEST_F(SweepTest, WhatTakesLongerIsNone) {
  apply(10, {101});
  apply(60, {102});
  apply(111, {103});

  EXPECT_FALSE(judge(10, 100, 104));
  EXPECT_FALSE(judge(60, 100, 104));
  EXPECT_FALSE(judge(111, 100, 104));
}

TEST_F(SweepTest, ALadderThatIsRePricedIsNone) {
  apply(10, {101, 102, 103});
  apply(60, {}, {ask(201, 102, 2), ask(202, 103, 3), ask(203, 104, 4)});

  EXPECT_FALSE(judge(10, 100, 104));
}

TEST_F(SweepTest, ALevelLeftInBetweenEndsTheCount) {
  apply(10, {101, 103, 104});

  EXPECT_FALSE(judge(10, 100, 105));
}

TEST_F(SweepTest, APartOfALevelIsNotTheLevel) {
  apply(10, {101, 102}, {ask(103, 103, 1)});

  EXPECT_FALSE(judge(10, 100, 104));
}

TEST_F(SweepTest, IsFoundOnce) {
  apply(10, {101});
  apply(20, {102, 103, 104}, {});

  EXPECT_TRUE(judge(10, 100, 105));
  EXPECT_FALSE(judge(20, 100, 105)) << "the rest of the same";
}

TEST_F(SweepTest, BidsAreSweptDownwards) {
  apply(10, {100, 99, 98});

  const auto swept = judge(10, 97, 101);

  ASSERT_TRUE(swept);
  EXPECT_EQ(swept->direction, -1);
  EXPECT_EQ(swept->cents, 15);
}

TEST_F(SweepTest, NothingSpansAReset) {
  apply(10, {101, 102, 103});
  sweep_.clear();

  EXPECT_FALSE(judge(10, 100, 104));
}

TEST(SweepFailed, WhenHalfOfTheMoveHasComeBack) {
  EXPECT_TRUE(sweep_failed(200, 206, 203));
  EXPECT_FALSE(sweep_failed(200, 206, 204));
  EXPECT_TRUE(sweep_failed(206, 200, 203));
  EXPECT_FALSE(sweep_failed(206, 200, 190));
  EXPECT_FALSE(sweep_failed(200, 200, 200)) << "nothing to come back from";
}

}  // namespace
}  // namespace depthwire::analyzer
