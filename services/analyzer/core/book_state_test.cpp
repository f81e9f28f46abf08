#include "services/analyzer/core/book_state.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using market::Price;

constexpr Ns s = ns_per_second;

/// Spread 10 points on both feeds.
BookFacts calm() {
  return {.bid = Price{100'000},
          .ask = Price{100'010},
          .spot_bid = Price{100'000},
          .spot_mid_half_points = 200'010,
          .spot_spread_points = 10,
          .median_spread_points = 10.0};
}

BookState live_at(Ns t) {
  BookState state;
  state.depth(t - s, calm(), 0);
  state.look(t, calm());
  return state;
}

TEST(BookState, WarmsForASecondAndNeedsBothSides) {
  BookState state;
  BookFacts facts = calm();
  EXPECT_EQ(state.phase(), BookPhase::empty);
  EXPECT_EQ(state.quality(), Quality::warming);

  facts.ask.reset();
  state.depth(0, facts, 0);
  state.look(2 * s, facts);
  EXPECT_EQ(state.phase(), BookPhase::warming);
  state.depth(3 * s, calm(), 0);

  EXPECT_TRUE(state.live());
  EXPECT_EQ(state.quality(), Quality::ok);
}

TEST(BookState, IsSuspectWhenCrossedForLongAndRecoversAfterFiveCalmSeconds) {
  BookState state = live_at(10 * s);
  BookFacts crossed = calm();
  crossed.bid = Price{100'010};

  state.depth(10 * s, crossed, 0);
  state.look(10 * s + 500 * ns_per_ms, crossed);
  EXPECT_TRUE(state.live());
  state.look(10 * s + 501 * ns_per_ms, crossed);
  EXPECT_EQ(state.phase(), BookPhase::suspect);
  EXPECT_EQ(state.quality(), Quality::invalid);

  state.depth(11 * s, calm(), 0);
  state.look(15 * s, calm());
  EXPECT_EQ(state.phase(), BookPhase::suspect);
  state.look(16 * s, calm());
  EXPECT_TRUE(state.live());
}

TEST(BookState, IsSuspectAfterThreeUnknownRemovalsInTenSeconds) {
  BookState state = live_at(10 * s);

  state.depth(11 * s, calm(), 1);
  state.depth(12 * s, calm(), 1);
  EXPECT_TRUE(state.live());
  state.depth(20 * s, calm(), 1);

  EXPECT_EQ(state.phase(), BookPhase::suspect);
}

TEST(BookState, IsSuspectWhenDepthAndSpotDriftApart) {
  BookState state = live_at(10 * s);
  BookFacts apart = calm();
  apart.bid = Price{100'031};
  apart.ask = Price{100'041};

  state.depth(11 * s, apart, 0);
  state.look(13 * s, apart);
  EXPECT_TRUE(state.live());
  state.look(13 * s + 1, apart);

  EXPECT_EQ(state.phase(), BookPhase::suspect);
}

TEST(BookState, IsStaleWhenOnlyTheSpotMoves) {
  BookState state = live_at(10 * s);
  BookFacts moved = calm();
  moved.spot_mid_half_points = 200'032;

  state.look(18 * s, moved);
  EXPECT_TRUE(state.live());
  state.look(19 * s, moved);
  EXPECT_EQ(state.phase(), BookPhase::stale);
  state.depth(20 * s, calm(), 0);

  EXPECT_TRUE(state.live());
}

TEST(BookState, RefusesDepthOnAnotherPriceScale) {
  BookState state;
  BookFacts facts = calm();
  facts.spot_bid = Price{100'201};

  state.depth(0, facts, 0);
  state.look(2 * s, facts);

  EXPECT_TRUE(state.wrong_scale());
  EXPECT_FALSE(state.live());
  EXPECT_EQ(state.quality(), Quality::invalid);
}

TEST(BookState, AResetStartsItAnew) {
  BookState state = live_at(10 * s);

  state.reset();

  EXPECT_EQ(state.phase(), BookPhase::empty);
}

}  // namespace
}  // namespace depthwire::analyzer
