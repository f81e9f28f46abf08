#include "services/streaming/core/crossed_watch.hpp"

#include "services/streaming/core/watch_fixture.hpp"

#include <gtest/gtest.h>

namespace depthwire::streaming {
namespace {

TEST(CrossedWatch, TellsABookThatWasCrossedForMoreThanHalfASecond) {
  CrossedWatch watch;
  EXPECT_FALSE(watch.look(0, 0));
  EXPECT_FALSE(watch.look(500 * ms, 0));

  const auto crossing = watch.look(501 * ms, 0);

  ASSERT_TRUE(crossing);
  EXPECT_FALSE(crossing->over);
  EXPECT_EQ(crossing->until_ns - crossing->from_ns, 501 * ms);
  EXPECT_FALSE(watch.look(2 * second, 0)) << "told again";
}

TEST(CrossedWatch, TellsHowLongItLasted) {
  CrossedWatch watch;
  ASSERT_TRUE(watch.look(1 * second, 0));

  const auto crossing = watch.look(3 * second, std::nullopt);

  ASSERT_TRUE(crossing);
  EXPECT_TRUE(crossing->over);
  EXPECT_EQ(crossing->until_ns - crossing->from_ns, 3 * second);
  EXPECT_FALSE(watch.look(4 * second, std::nullopt));
}

TEST(CrossedWatch, AShortCrossingHasNoEnd) {
  CrossedWatch watch;
  EXPECT_FALSE(watch.look(100 * ms, 0));

  EXPECT_FALSE(watch.look(200 * ms, std::nullopt));
}

TEST(CrossedWatch, WhatCrossesAgainAndAgainIsToldOnceAMinute) {
  CrossedWatch watch;
  ASSERT_TRUE(watch.look(1 * second, 0));
  ASSERT_TRUE(watch.look(2 * second, std::nullopt));

  EXPECT_FALSE(watch.look(60 * second, 3 * second));
  EXPECT_FALSE(watch.look(60 * second, std::nullopt)) << "an end without a begin";
  EXPECT_TRUE(watch.look(61 * second, 60 * second));
}

}  // namespace
}  // namespace depthwire::streaming
