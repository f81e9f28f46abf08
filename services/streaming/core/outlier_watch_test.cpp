#include "services/streaming/core/outlier_watch.hpp"

#include "services/streaming/core/watch_fixture.hpp"

#include <gtest/gtest.h>

namespace depthwire::streaming {
namespace {

using market::Price;

/// A market whose spread is 10 points and whose mid goes up and down by 2 points (4 half points)
/// from second to second. 20 spreads are 200 points; 50 deviations are 50 * 1.4826 * 2 = 148.26.
class OutlierWatchTest : public ::testing::Test {
 protected:
  void calm(int spots = 100) {
    for (int i = 0; i < spots; ++i) {
      const std::int64_t bid = i % 2 == 0 ? 100'000 : 100'002;
      EXPECT_FALSE(watch_.spot(time_ += second, spot(bid, bid + 10), 10));
    }
  }

  OutlierWatch watch_{OutlierLimits{}};
  std::int64_t time_ = 0;
};

TEST_F(OutlierWatchTest, AChangeOfMoreThanTwentySpreadsIsTold) {
  calm();

  const auto jump = watch_.spot(time_ += second, spot(100'203, 100'213), 10);  // 201 points further

  ASSERT_TRUE(jump);
  EXPECT_EQ(jump->from, 2 * 100'007);
  EXPECT_EQ(jump->to, 2 * 100'208);
  EXPECT_EQ(jump->median_spread, 10);
}

TEST_F(OutlierWatchTest, OneOfTwentySpreadsIsNot) {
  calm();

  EXPECT_FALSE(watch_.spot(time_ += second, spot(100'202, 100'212), 10));
}

TEST_F(OutlierWatchTest, TheWayBackIsOneToo) {
  calm();
  ASSERT_TRUE(watch_.spot(time_ += second, spot(1'000, 1'010), 10));

  EXPECT_TRUE(watch_.spot(time_ += second, spot(100'000, 100'010), 10));
  EXPECT_FALSE(watch_.spot(time_ += second, spot(100'002, 100'012), 10));
}

TEST_F(OutlierWatchTest, AMarketThatAlwaysLeapsHasNone) {
  OutlierWatch watch{OutlierLimits{}};
  for (std::int64_t i = 0; i < 200; ++i) {
    const auto bid = 100'000 + (i % 2) * 500;  // 50 spreads, and the usual change
    EXPECT_FALSE(watch.spot(i * second, spot(bid, bid + 10), 10));
  }
}

TEST_F(OutlierWatchTest, BothLimitsMustBePassed) {
  // 201 points are more than 20 spreads, but less than 70 deviations: 70 * 2.9652 = 207.6 points.
  watch_ = OutlierWatch({.spreads = 20, .deviations = 70});
  calm();
  EXPECT_FALSE(watch_.spot(time_ += second, spot(100'203, 100'213), 10));
  calm(2);

  EXPECT_TRUE(watch_.spot(time_ += second, spot(100'211, 100'221), 10));  // 209 points
}

TEST_F(OutlierWatchTest, NothingIsJudgedBeforeSixtyOneChangesAreKnown) {
  calm(61);  // 60 changes
  EXPECT_FALSE(watch_.spot(time_ += second, spot(200'000, 200'010), 10));
}

TEST_F(OutlierWatchTest, NorOverMoreThanAMinute) {
  calm();

  EXPECT_FALSE(watch_.spot(time_ + 61 * second, spot(200'000, 200'010), 10));
}

TEST_F(OutlierWatchTest, NorAcrossASubscription) {
  calm();
  watch_.restart();

  EXPECT_FALSE(watch_.spot(time_ += second, spot(200'000, 200'010), 10));
}

TEST_F(OutlierWatchTest, ASideThatIsAbsentDidNotChange) {
  calm();

  EXPECT_FALSE(watch_.spot(time_ += second, {.bid = Price{100'001}}, 10));
  EXPECT_TRUE(watch_.spot(time_ += second, {.ask = Price{110'000}}, 10));
}

TEST_F(OutlierWatchTest, NorWithoutASpread) {
  calm();

  EXPECT_FALSE(watch_.spot(time_ += second, spot(200'000, 200'010), 0));
}

TEST_F(OutlierWatchTest, ALimitOfNothingJudgesNothing) {
  watch_ = OutlierWatch({.spreads = 0});
  calm();

  EXPECT_FALSE(watch_.spot(time_ += second, spot(200'000, 200'010), 10));
}

TEST(RecentValues, HaveTheMiddleAsMedian) {
  RecentValues values;
  EXPECT_EQ(values.median(), 0);
  values.add(7);
  EXPECT_EQ(values.median(), 7);

  for (std::int64_t i = 1; i <= 60; ++i) values.add(i);
  EXPECT_TRUE(values.full());
  for (std::int64_t i = 1; i <= 61; ++i) values.add(100 + i);

  EXPECT_EQ(values.median(), 131);  // of 101 to 161
}

}  // namespace
}  // namespace depthwire::streaming
