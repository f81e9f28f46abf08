#include "services/analyzer/core/modelled/vpin.hpp"

#include "common/market/trading_day.hpp"
#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using testing::tolerance;

TEST(Vpin, KnownAnswer) {
  Vpin vpin(4);
  vpin.bucket_size(10);

  EXPECT_TRUE(vpin.add(15, .8));
  EXPECT_TRUE(vpin.add(10, .3));
  EXPECT_FALSE(vpin.value()) << "two buckets of four";
  EXPECT_TRUE(vpin.add(15, .5));

  // 8/2, 5.5/4.5, 4/6, 5/5: 6 + 1 + 2 + 0 of 40.
  ASSERT_TRUE(vpin.value());
  EXPECT_NEAR(*vpin.value(), 0.225, tolerance);
}

TEST(Vpin, RestsOnTheLastBuckets) {
  Vpin vpin(2);
  vpin.bucket_size(10);
  vpin.add(20, 1.0);
  EXPECT_NEAR(*vpin.value(), 1.0, tolerance);

  vpin.add(20, 0.5);

  EXPECT_NEAR(*vpin.value(), 0.0, tolerance);
}

TEST(Vpin, WithoutASizeNothingIsFilled) {
  Vpin vpin(1);
  EXPECT_FALSE(vpin.add(1'000, .8));
  EXPECT_FALSE(vpin.value());
}

TEST(Vpin, ABucketThatIsBeingFilledTakesANewSize) {
  Vpin vpin(1);
  vpin.bucket_size(10);
  vpin.add(8, 1.0);
  vpin.bucket_size(5);

  EXPECT_TRUE(vpin.add(1, 1.0)) << "it was over the new size";

  EXPECT_NEAR(*vpin.value(), 1.0, tolerance);
}

TEST(DailyTicks, CountsDaysThatWereSeenFromTheirStart) {
  DailyTicks daily;
  Ns day = market::trading_day_start(1'767'596'400'000'000'000);
  daily.add(day + market::ns_per_hour, 5);
  EXPECT_FALSE(daily.mean());

  for (const std::uint64_t ticks : {100U, 200U}) {
    day = market::next_trading_day_start(day);
    daily.add(day, ticks / 2);
    daily.add(day + market::ns_per_hour, ticks / 2);
  }
  EXPECT_NEAR(*daily.mean(), 100, tolerance) << "the first whole day only";
  daily.add(market::next_trading_day_start(day), 1);

  EXPECT_NEAR(*daily.mean(), 150, tolerance);
}

}  // namespace
}  // namespace depthwire::analyzer
