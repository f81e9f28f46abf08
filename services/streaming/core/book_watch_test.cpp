#include "services/streaming/core/book_watch.hpp"

#include "services/streaming/core/watch_fixture.hpp"

#include <gtest/gtest.h>

namespace depthwire::streaming {
namespace {

using market::Price;
using market::Side;
using market::Size;

market::Book book(std::int64_t bid, std::int64_t ask) {
  market::Book result;
  EXPECT_TRUE(
      result.apply({market::DepthKind::change,
                    {},
                    {{1, Side::bid, Price{bid}, Size{1}}, {2, Side::ask, Price{ask}, Size{1}}}}));
  return result;
}

TEST(BookWatch, ACrossedBookIsSuspectAfterHalfASecond) {
  BookWatch watch;

  watch.depth(0, book(101, 100), 0);
  watch.depth(500 * ms, book(101, 100), 0);
  EXPECT_FALSE(watch.suspect());

  watch.depth(501 * ms, book(101, 100), 0);
  EXPECT_TRUE(watch.suspect());
}

TEST(BookWatch, ACrossThatIsGoneInBetweenDoesNotCount) {
  BookWatch watch;

  watch.depth(0, book(101, 100), 0);
  watch.depth(400 * ms, book(99, 100), 0);
  watch.depth(600 * ms, book(101, 100), 0);
  watch.depth(900 * ms, book(101, 100), 0);

  EXPECT_FALSE(watch.suspect());
}

TEST(BookWatch, ThreeUnknownRemovalsWithinTenSecondsAreSuspect) {
  BookWatch watch;
  watch.depth(0, book(99, 100), 1);
  watch.depth(9 * second, book(99, 100), 1);
  EXPECT_FALSE(watch.suspect());

  watch.depth(10 * second, book(99, 100), 1);
  EXPECT_TRUE(watch.suspect());
}

TEST(BookWatch, ThreeUnknownRemovalsOverALongerTimeAreNot) {
  BookWatch watch;
  for (const auto at : {0, 6, 12, 18}) watch.depth(at * second, book(99, 100), 1);

  EXPECT_FALSE(watch.suspect());
}

TEST(BookWatch, AMidFarFromTheSpotsIsSuspectAfterTwoSeconds) {
  BookWatch watch;
  watch.spot(0, spot(99, 101));       // spread 2, mid 100
  watch.depth(0, book(106, 108), 0);  // mid 107: more than 3 spreads away

  watch.spot(2 * second, spot(99, 101));
  EXPECT_FALSE(watch.suspect());
  watch.spot(2 * second + 1, spot(99, 101));
  EXPECT_TRUE(watch.suspect());
}

TEST(BookWatch, AMidThreeSpreadsAwayIsNotFar) {
  BookWatch watch;
  watch.spot(0, spot(99, 101));
  watch.depth(0, book(105, 107), 0);

  watch.spot(5 * second, spot(99, 101));

  EXPECT_FALSE(watch.suspect());
}

TEST(BookWatch, FiveCalmSecondsMakeItTrustedAgain) {
  BookWatch watch;
  watch.depth(0, book(101, 100), 0);
  watch.depth(1 * second, book(101, 100), 0);

  watch.depth(2 * second, book(99, 100), 0);
  watch.depth(5 * second, book(99, 100), 0);
  EXPECT_TRUE(watch.suspect());
  watch.depth(6 * second, book(99, 100), 0);
  EXPECT_FALSE(watch.suspect());
}

TEST(BookWatch, ThirtySecondsOfSuspicionCallForANewSubscription) {
  BookWatch watch;
  watch.depth(0, book(101, 100), 0);
  watch.depth(second, book(101, 100), 0);

  EXPECT_FALSE(watch.is_due(31 * second));
  EXPECT_TRUE(watch.is_due(31 * second + 1));

  watch.reset(32 * second);
  EXPECT_FALSE(watch.suspect());
  EXPECT_FALSE(watch.is_due(100 * second));
}

TEST(BookWatch, HalfAnHourWithoutDepthWhileSpotsComeCallsForOneToo) {
  BookWatch watch;
  watch.reset(0);
  watch.spot(1'800 * second, spot(99, 101));
  EXPECT_FALSE(watch.is_due(1'800 * second));

  watch.spot(1'801 * second, spot(99, 101));
  EXPECT_TRUE(watch.is_due(1'801 * second));
}

TEST(BookWatch, AQuietMarketDoesNot) {
  BookWatch watch;
  watch.reset(0);

  EXPECT_FALSE(watch.is_due(10'000 * second));
}

}  // namespace
}  // namespace depthwire::streaming
