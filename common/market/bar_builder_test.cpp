#include "common/market/bar_builder.hpp"

#include "common/market/trading_day.hpp"

#include <gtest/gtest.h>

namespace depthwire::market {
namespace {

constexpr std::int64_t grace = ns_per_second;
// 2014-05-08 12:30:00 UTC
constexpr std::int64_t start = 1'399'552'200 * ns_per_second;

Spot both(std::int64_t bid, std::int64_t ask) { return {Price{bid}, Price{ask}, {}}; }

std::vector<Bar> of(Period period, const std::vector<Bar>& bars) {
  std::vector<Bar> out;
  for (const auto& bar : bars) {
    if (bar.period == period) out.push_back(bar);
  }
  return out;
}

TEST(BarBuilder, NoBarBeginsBeforeABidIsKnown) {
  BarBuilder builder(grace);
  std::vector<Bar> ended;
  builder.take(both(10, 12), start, ended);
  builder.forget_prices();

  builder.take({{}, Price{13}, {}}, start + 60 * ns_per_second, ended);
  builder.tick(start + 180 * ns_per_second, ended);
  const auto minutes = of(Period::m1, ended);
  builder.take({Price{11}, {}, {}}, start + 240 * ns_per_second, ended);
  builder.tick(start + 360 * ns_per_second, ended);

  ASSERT_EQ(minutes.size(), 1U);  // that of the first spot
  const auto all = of(Period::m1, ended);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].bid->open, Price{11});
  EXPECT_EQ(all[1].ask->open, Price{13});
}

TEST(BarBuilder, ABarHoldsEverySpotOfItsPeriodAndEndsWithTheNext) {
  BarBuilder builder(grace);
  std::vector<Bar> ended;

  builder.take(both(10, 12), start, ended);
  builder.take({Price{15}, {}, {}}, start + 10 * ns_per_second, ended);
  builder.take({{}, Price{11}, {}}, start + 59 * ns_per_second, ended);
  EXPECT_TRUE(of(Period::m1, ended).empty());
  builder.take(both(13, 14), start + 60 * ns_per_second, ended);

  const auto bars = of(Period::m1, ended);
  ASSERT_EQ(bars.size(), 1U);
  EXPECT_EQ(bars[0].open_time_ns, start);
  EXPECT_EQ(bars[0].bid, (Prices{Price{10}, Price{15}, Price{10}, Price{15}}));
  EXPECT_EQ(bars[0].ask, (Prices{Price{12}, Price{12}, Price{11}, Price{11}}));
  EXPECT_EQ(bars[0].tick_count, 4U);
}

TEST(BarBuilder, APeriodWithoutASpotHasNoBar) {
  BarBuilder builder(grace);
  std::vector<Bar> ended;

  builder.take(both(10, 12), start, ended);
  builder.take(both(11, 12), start + 300 * ns_per_second, ended);

  EXPECT_EQ(of(Period::m1, ended).size(), 1U);
}

TEST(BarBuilder, InAQuietMarketTheClockEndsABarAfterTheGrace) {
  BarBuilder builder(grace);
  std::vector<Bar> ended;
  builder.take(both(10, 12), start, ended);

  EXPECT_EQ(builder.due(), start + 2 * ns_per_second);  // the 1 s bar
  builder.tick(start + 61 * ns_per_second - 1, ended);
  EXPECT_TRUE(of(Period::m1, ended).empty());
  builder.tick(start + 61 * ns_per_second, ended);
  EXPECT_EQ(of(Period::m1, ended).size(), 1U);
}

TEST(BarBuilder, ASpotForAnEndedBarIsCountedAndChangesNothing) {
  BarBuilder builder(grace);
  std::vector<Bar> ended;
  builder.take(both(10, 12), start, ended);
  builder.tick(start + 3 * ns_per_second, ended);
  ASSERT_EQ(of(Period::s1, ended).size(), 1U);

  builder.take(both(99, 100), start + 1, ended);

  EXPECT_EQ(of(Period::s1, ended).size(), 1U);
  EXPECT_EQ(builder.late_spots(), 1U);
}

TEST(BarBuilder, AfterForgettingASideHasNoPriceUntilItComesAgain) {
  BarBuilder builder(grace);
  std::vector<Bar> ended;
  builder.take(both(10, 12), start, ended);
  builder.forget_prices();
  builder.take({Price{11}, {}, {}}, start + 60 * ns_per_second, ended);
  builder.take({Price{11}, {}, {}}, start + 120 * ns_per_second, ended);

  const auto bars = of(Period::m1, ended);
  ASSERT_EQ(bars.size(), 2U);
  EXPECT_FALSE(bars[1].ask);
}

TEST(BarBuilder, FourHourAndDayBarsFollowTheNewYorkDay) {
  // 12:30 UTC in May is 08:30 in New York: the day began at 21:00 UTC the evening before.
  EXPECT_EQ(bar_open(Period::d1, start), start - (15 * ns_per_hour + ns_per_hour / 2));
  EXPECT_EQ(bar_end(Period::d1, bar_open(Period::d1, start)),
            bar_open(Period::d1, start) + 24 * ns_per_hour);
  // 4 h bars open at 21, 1, 5, 9, 13 and 17 UTC.
  EXPECT_EQ(bar_open(Period::h4, start), start - (3 * ns_per_hour + ns_per_hour / 2));
  EXPECT_EQ(bar_open(Period::h1, start), start - ns_per_hour / 2);
}

}  // namespace
}  // namespace depthwire::market
