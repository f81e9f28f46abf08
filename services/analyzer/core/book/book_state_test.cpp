#include "services/analyzer/core/book/book_state.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using market::Price;

constexpr Ns second = ns_per_second;

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
  state.depth(t - second, calm(), 0);
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
  state.look(2 * second, facts);
  EXPECT_EQ(state.phase(), BookPhase::warming);
  state.depth(3 * second, calm(), 0);

  EXPECT_TRUE(state.live());
  EXPECT_EQ(state.quality(), Quality::ok);
}

TEST(BookState, IsSuspectWhenCrossedForLongAndRecoversAfterFiveCalmSeconds) {
  BookState state = live_at(10 * second);
  BookFacts crossed = calm();
  crossed.bid = Price{100'010};

  state.depth(10 * second, crossed, 0);
  state.look(10 * second + 500 * ns_per_ms, crossed);
  EXPECT_TRUE(state.live());
  state.look(10 * second + 501 * ns_per_ms, crossed);
  EXPECT_EQ(state.phase(), BookPhase::suspect);
  EXPECT_EQ(state.quality(), Quality::invalid);

  state.depth(11 * second, calm(), 0);
  state.look(15 * second, calm());
  EXPECT_EQ(state.phase(), BookPhase::suspect);
  state.look(16 * second, calm());
  EXPECT_TRUE(state.live());
}

TEST(BookState, IsSuspectAfterThreeUnknownRemovalsInTenSeconds) {
  BookState state = live_at(10 * second);

  state.depth(11 * second, calm(), 1);
  state.depth(12 * second, calm(), 1);
  EXPECT_TRUE(state.live());
  state.depth(20 * second, calm(), 1);

  EXPECT_EQ(state.phase(), BookPhase::suspect);
}

TEST(BookState, IsSuspectWhenDepthAndSpotDriftApart) {
  BookState state = live_at(10 * second);
  BookFacts apart = calm();
  apart.bid = Price{100'031};
  apart.ask = Price{100'041};

  state.depth(11 * second, apart, 0);
  state.look(13 * second, apart);
  EXPECT_TRUE(state.live());
  state.look(13 * second + 1, apart);

  EXPECT_EQ(state.phase(), BookPhase::suspect);
}

TEST(BookState, IsStaleWhenOnlyTheSpotMoves) {
  BookState state = live_at(10 * second);
  BookFacts moved = calm();
  moved.spot_mid_half_points = 200'032;

  state.look(18 * second, moved);
  EXPECT_TRUE(state.live());
  state.look(19 * second, moved);
  EXPECT_EQ(state.phase(), BookPhase::stale);
  state.depth(20 * second, calm(), 0);

  EXPECT_TRUE(state.live());
}

TEST(BookState, RefusesDepthOnAnotherPriceScale) {
  BookState state;
  BookFacts facts = calm();
  facts.spot_bid = Price{100'201};

  state.depth(0, facts, 0);
  state.look(2 * second, facts);

  EXPECT_TRUE(state.wrong_scale());
  EXPECT_FALSE(state.live());
  EXPECT_EQ(state.quality(), Quality::invalid);
}

TEST(BookState, AResetStartsItAnew) {
  BookState state = live_at(10 * second);

  state.reset();

  EXPECT_EQ(state.phase(), BookPhase::empty);
}

}  // namespace
}  // namespace depthwire::analyzer
