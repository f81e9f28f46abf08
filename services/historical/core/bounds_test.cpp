#include "services/historical/core/bounds.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::historical {
namespace {

using ::testing::HasSubstr;

constexpr std::int64_t day = 86'400'000'000'000;

bus::BarsCommand bars(bus::Period period, std::int64_t from, std::int64_t to) {
  bus::BarsCommand command;
  command.set_symbol("EURUSD");
  command.set_period(period);
  command.set_from_time_ns(from);
  command.set_to_time_ns(to);
  return command;
}

TEST(Bounds, FiveWeeksOfMinutesAreTheMost) {
  EXPECT_EQ(check(bars(bus::m1, day, day + 35 * day)), std::nullopt);
  EXPECT_THAT(check(bars(bus::m1, day, day + 36 * day)).value_or(""), HasSubstr("35 days"));
  EXPECT_EQ(check(bars(bus::h1, day, day + 36 * day)), std::nullopt);
}

TEST(Bounds, TheBrokerHasNoSecondsAndNoUnknownPeriods) {
  EXPECT_TRUE(check(bars(bus::s1, day, 2 * day)));
  EXPECT_TRUE(check(bars(bus::period_unknown, day, 2 * day)));
}

TEST(Bounds, TicksSpanAWeekAtMost) {
  bus::TicksCommand command;
  command.set_symbol("EURUSD");
  command.set_from_time_ns(day);
  command.set_to_time_ns(8 * day);
  EXPECT_EQ(check(command), std::nullopt);

  command.set_to_time_ns(8 * day + 1);
  EXPECT_TRUE(check(command));
}

TEST(Bounds, TheyAreInOrder) {
  EXPECT_THAT(check(bars(bus::m1, 2 * day, day)).value_or(""), HasSubstr("not in order"));
  EXPECT_THAT(check(bus::TicksCommand()).value_or(""), HasSubstr("symbol"));
}

}  // namespace
}  // namespace depthwire::historical
