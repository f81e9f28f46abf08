#include "cli/day_coverage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace depthwire::cli {
namespace {

using namespace std::chrono;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// 2026-01-05 is a Monday.
sys_days january(unsigned day) { return sys_days(2026y / 1 / std::chrono::day(day)); }

std::vector<DayRows> working_days(unsigned from, unsigned to, std::int64_t rows = 1'440) {
  std::vector<DayRows> days;
  for (auto day = from; day <= to; ++day) {
    const weekday of(january(day));
    if (of != Saturday && of != Sunday) days.push_back({january(day), rows});
  }
  return days;
}

TEST(DayCoverage, OfNothingIsNothing) {
  const DayCoverage coverage({});
  EXPECT_EQ(coverage.rows(), 0);
  EXPECT_THAT(coverage.missing(), IsEmpty());
  EXPECT_EQ(month_picture(coverage, false), "");
}

TEST(DayCoverage, AWeekendIsNotMissing) {
  const DayCoverage coverage(working_days(5, 16));

  EXPECT_EQ(coverage.rows(), 10 * 1'440);
  EXPECT_EQ(coverage.stored(), (Days{january(5), january(16)}));
  EXPECT_EQ(coverage.count(DayState::whole), 10);
  EXPECT_THAT(coverage.missing(), IsEmpty());
  EXPECT_THAT(coverage.partial(), IsEmpty());
}

TEST(DayCoverage, AWorkingDayWithoutRowsIsMissingAndAWeekendDoesNotPartTwo) {
  auto days = working_days(5, 30);
  std::erase_if(days, [](const DayRows& day) {
    return day.day == january(9) || day.day == january(12) || day.day == january(20);
  });

  EXPECT_THAT(DayCoverage(days).missing(),
              ElementsAre(Days{january(9), january(12)}, Days{january(20), january(20)}));
}

TEST(DayCoverage, ADayWithFarLessThanUsualIsPartialButNotTheFirstAndTheLast) {
  auto days = working_days(5, 30);
  days.front().rows = days.back().rows = 10;
  days[7].rows = 1'000;  // Wednesday the 14th
  days[8].rows = 1'300;

  EXPECT_THAT(DayCoverage(days).partial(), ElementsAre(Days{january(14), january(14)}));
}

TEST(MonthPicture, HasALineForEachMonthAndASignForEachDay) {
  auto days = working_days(26, 31);
  days.push_back({sys_days(2026y / 2 / 3), 1'440});

  EXPECT_EQ(month_picture(DayCoverage(days), false),
            "  2026-01                           █████·\n"
            "  2026-02  ·×█\n");
}

TEST(MonthPicture, IsColouredOnATerminal) {
  EXPECT_EQ(month_picture(DayCoverage(working_days(5, 5)), true),
            "  2026-01      \033[32m█\033[0m\n");
}

}  // namespace
}  // namespace depthwire::cli
