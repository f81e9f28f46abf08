#include "services/analyzer/core/inferred/touch_removal.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using market::DepthKind;
using market::QuoteId;
using market::Side;
using testing::ask;
using testing::bid;
using testing::tolerance;

/// The starting book of signals.md S6: b1 is 1, a1 1001, a2 1002; one tick is one point.
class TouchRemovalTest : public ::testing::Test {
 protected:
  TouchRemovalTest() { apply(0, {}, {bid(1, 100, 5), ask(1001, 101, 4), ask(1002, 102, 6)}); }

  void apply(Ns ms, std::vector<QuoteId> removed, std::vector<market::Quote> added) {
    const Ns t = ms * ns_per_ms;
    for (auto due = removal_.take_due(t); due; due = removal_.take_due(t)) done_.push_back(*due);
    ASSERT_TRUE(apply_and_compare(book_, {DepthKind::change, std::move(removed), std::move(added)},
                                  change_));
    removal_.step(t, ++offset_, change_, 1);
  }

  /// All estimates, the last of them due 250 ms after the last event.
  const std::vector<Estimate>& finish() {
    const Ns end = 3'600 * ns_per_second;
    for (auto due = removal_.take_due(end); due; due = removal_.take_due(end)) {
      done_.push_back(*due);
    }
    return done_;
  }

  static double v(const Estimate& estimate) {
    return estimate.sign() * 0.25 * static_cast<double>(estimate.taken_quarters);
  }

  market::Book book_;
  BookChange change_;
  TouchRemoval removal_;
  std::uint64_t offset_ = 0;
  std::vector<Estimate> done_;
};

TEST_F(TouchRemovalTest, TakenWhenTheBidComesUpToThePrice) {
  apply(10, {1001}, {});
  apply(70, {}, {bid(2, 101, 2)});

  const auto& done = finish();

  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].t, 10 * ns_per_ms);
  EXPECT_EQ(done[0].due, 260 * ns_per_ms);
  EXPECT_EQ(done[0].removed, 4);
  EXPECT_NEAR(done[0].pi(), 0.75, tolerance);
  EXPECT_NEAR(v(done[0]), 3.0, tolerance);
}

TEST_F(TouchRemovalTest, RePricedWhenAsMuchComesBackNearby) {
  apply(10, {1001}, {ask(1003, 102, 4)});

  const auto& done = finish();

  ASSERT_EQ(done.size(), 1U);
  EXPECT_NEAR(done[0].pi(), 0.0, tolerance);
  EXPECT_NEAR(v(done[0]), 0.0, tolerance);
  EXPECT_EQ(done[0].removed, 4);
  EXPECT_EQ(done[0].unpaired, 0);
}

TEST_F(TouchRemovalTest, PulledWhenTheAskComesBack) {
  apply(10, {1001}, {});
  apply(210, {}, {ask(1003, 101, 4)});

  const auto& done = finish();

  ASSERT_EQ(done.size(), 1U);
  EXPECT_NEAR(done[0].pi(), 0.25, tolerance);
  EXPECT_NEAR(v(done[0]), 1.0, tolerance);
}

TEST_F(TouchRemovalTest, PulledWhenBothTouchesGoTogether) {
  apply(10, {1001, 1}, {});

  const auto& done = finish();

  ASSERT_EQ(done.size(), 2U);
  EXPECT_NEAR(done[0].pi(), 0.0, tolerance);
  EXPECT_NEAR(done[1].pi(), 0.0, tolerance);
  EXPECT_NE(done[0].side, done[1].side);
}

TEST_F(TouchRemovalTest, HalfWithoutEvidence) {
  apply(10, {1001}, {});

  const auto& done = finish();

  ASSERT_EQ(done.size(), 1U);
  EXPECT_NEAR(done[0].pi(), 0.5, tolerance);
  EXPECT_NEAR(v(done[0]), 2.0, tolerance);
}

TEST_F(TouchRemovalTest, APartOfAQuoteThatWentLeavesTheTouchInPlace) {
  apply(10, {}, {ask(1001, 101, 1)});

  const auto& done = finish();

  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].removed, 3);
  EXPECT_NEAR(v(done[0]), 1.5, tolerance);
}

TEST_F(TouchRemovalTest, SoldWhenTheAskComesDownToThePrice) {
  apply(5, {}, {bid(2, 99, 3)});
  apply(10, {1}, {});
  apply(100, {}, {ask(1003, 100, 1)});

  const auto& done = finish();

  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].side, Side::bid);
  EXPECT_NEAR(done[0].pi(), 0.75, tolerance);
  EXPECT_NEAR(v(done[0]), -3.75, tolerance);
}

TEST_F(TouchRemovalTest, AQuoteThatMovedToAnotherPriceIsNoRemoval) {
  apply(10, {}, {ask(1001, 103, 4)});

  EXPECT_TRUE(finish().empty());
}

TEST_F(TouchRemovalTest, AnAdditionPairsOnce) {
  apply(10, {1001}, {});
  apply(20, {1002}, {});  // 6 is not within 10 % of 4, but of 6
  apply(30, {}, {ask(1003, 101, 4)});

  const auto& done = finish();

  ASSERT_EQ(done.size(), 2U);
  EXPECT_EQ(done[0].unpaired, 0);
  EXPECT_EQ(done[1].unpaired, 6);
}

TEST_F(TouchRemovalTest, WhatComesTooLateIsNoEvidence) {
  apply(10, {1001}, {});
  apply(260, {}, {bid(2, 101, 2)});  // the timer at 260 ms fires before

  const auto& done = finish();

  EXPECT_NEAR(v(done[0]), 2.0, tolerance);
}

TEST_F(TouchRemovalTest, WhatComesBackLaterAtTheSamePriceIsRefill) {
  apply(10, {1001}, {});
  apply(500, {}, {ask(1003, 101, 3), ask(1004, 103, 3), bid(3, 99, 3)});

  EXPECT_EQ(removal_.refilled(Side::ask), 3);
  EXPECT_EQ(removal_.refilled(Side::bid), 0);
}

TEST_F(TouchRemovalTest, ARebuildIsNoEvidenceOfAnything) {
  apply(10, {1001}, {});
  removal_.clear();

  EXPECT_FALSE(removal_.next_due());
  EXPECT_TRUE(finish().empty());
}

}  // namespace
}  // namespace depthwire::analyzer
