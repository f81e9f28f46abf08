#include "services/streaming/core/duplicate_watch.hpp"

#include "services/streaming/core/minute_count.hpp"
#include "services/streaming/core/watch_fixture.hpp"

#include <gtest/gtest.h>

namespace depthwire::streaming {
namespace {

market::DepthUpdate update(market::QuoteId id) {
  return {.removed = {id - 1},
          .added = {{id, market::Side::bid, market::Price{100}, market::Size{5}}}};
}

/// Takes an event as the feed does; true when it is skipped.
bool skips(DuplicateWatch& watch, std::int64_t time_ns, market::DepthUpdate event) {
  if (watch.is_duplicate(time_ns, event)) return true;
  watch.keep(time_ns, event);
  return false;
}

TEST(DuplicateWatch, TheSameWithinATenthOfASecondIsADuplicate) {
  DuplicateWatch watch;

  EXPECT_FALSE(skips(watch, 0, update(2)));
  EXPECT_TRUE(skips(watch, 100 * ms, update(2)));
  EXPECT_TRUE(skips(watch, 200 * ms, update(2))) << "identical to the one before";
  EXPECT_FALSE(skips(watch, 300 * ms + 1, update(2)));
}

TEST(DuplicateWatch, AnotherEventIsNone) {
  DuplicateWatch watch;
  EXPECT_FALSE(skips(watch, 0, update(2)));

  EXPECT_FALSE(skips(watch, 1, update(3)));
  EXPECT_FALSE(skips(watch, 2, update(2)));
}

TEST(DuplicateWatch, AnEmptiedBookIsFilledBySendingAgain) {
  DuplicateWatch watch;
  EXPECT_FALSE(skips(watch, 0, update(2)));

  watch.forget();

  EXPECT_FALSE(skips(watch, 1, update(2)));
}

TEST(MinuteCount, IsTakenAtOnceAndThenOnceAMinute) {
  MinuteCount count;
  EXPECT_EQ(count.take(0), 0U);
  count.add();
  EXPECT_EQ(count.take(1'000 * ms), 1U);
  count.add();
  count.add();

  EXPECT_EQ(count.take(60'999 * ms), 0U);
  EXPECT_EQ(count.take(61'000 * ms), 2U);
  EXPECT_EQ(count.take(200'000 * ms), 0U);
}

}  // namespace
}  // namespace depthwire::streaming
