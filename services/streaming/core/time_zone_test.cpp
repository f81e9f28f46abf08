#include "services/streaming/core/time_zone.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace depthwire::streaming {
namespace {

using namespace std::chrono;

std::int64_t utc(year_month_day date, hours hour, seconds second = seconds{0}) {
  return (sys_days{date}.time_since_epoch() + hour + second).count();
}

std::int64_t offset(const char* rule, std::int64_t utc_s) {
  const auto zone = TimeZone::parse(rule);
  EXPECT_TRUE(zone) << rule;
  return zone ? zone->offset(utc_s) : 0;
}

TEST(TimeZone, WithoutARuleItIsUtc) { EXPECT_EQ(TimeZone().offset(1'790'000'000), 0); }

TEST(TimeZone, AZoneWithoutSummerTimeHasOneOffset) {
  EXPECT_EQ(offset("MSK-3", 0), 3 * 3'600);
  EXPECT_EQ(offset("<+0545>-5:45", 0), 5 * 3'600 + 45 * 60);
  EXPECT_EQ(offset("<-03>3", 1'790'000'000), -3 * 3'600);
}

TEST(TimeZone, NewYorkChangesItsClockAtTwoOnASunday) {
  const auto* rule = "EST5EDT,M3.2.0,M11.1.0";
  const auto spring = utc(2026y / 3 / 8, 7h);
  const auto autumn = utc(2026y / 11 / 1, 6h);

  EXPECT_EQ(offset(rule, spring - 1), -5 * 3'600);
  EXPECT_EQ(offset(rule, spring), -4 * 3'600);
  EXPECT_EQ(offset(rule, autumn - 1), -4 * 3'600);
  EXPECT_EQ(offset(rule, autumn), -5 * 3'600);
}

TEST(TimeZone, TheFifthWeekIsTheLast) {
  const auto* rule = "EET-2EEST,M3.5.0/3,M10.5.0/4";  // Helsinki, Athens
  const auto spring = utc(2026y / 3 / 29, 1h);
  const auto autumn = utc(2026y / 10 / 25, 1h);

  EXPECT_EQ(offset(rule, spring - 1), 2 * 3'600);
  EXPECT_EQ(offset(rule, spring), 3 * 3'600);
  EXPECT_EQ(offset(rule, autumn - 1), 3 * 3'600);
  EXPECT_EQ(offset(rule, autumn), 2 * 3'600);
}

TEST(TimeZone, InTheSouthSummerSpansTheNewYear) {
  const auto* rule = "AEST-10AEDT,M10.1.0,M4.1.0/3";  // Sydney

  EXPECT_EQ(offset(rule, utc(2026y / 1 / 1, 0h)), 11 * 3'600);
  EXPECT_EQ(offset(rule, utc(2026y / 7 / 1, 0h)), 10 * 3'600);
  EXPECT_EQ(offset(rule, utc(2026y / 10 / 3, 16h, -1s)), 10 * 3'600);  // 2:00 on October 4
  EXPECT_EQ(offset(rule, utc(2026y / 10 / 3, 16h)), 11 * 3'600);
}

TEST(TimeZone, AChangeMayLieBeforeOrBehindItsDay) {
  const auto nuuk = utc(2026y / 3 / 29, 1h);  // on Saturday at 23:00
  EXPECT_EQ(offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", nuuk - 1), -2 * 3'600);
  EXPECT_EQ(offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", nuuk), -3'600);
  const auto jerusalem = utc(2026y / 3 / 27, 0h);  // Friday at 2:00, told from Thursday on
  EXPECT_EQ(offset("IST-2IDT,M3.4.4/26,M10.5.0", jerusalem - 1), 2 * 3'600);
  EXPECT_EQ(offset("IST-2IDT,M3.4.4/26,M10.5.0", jerusalem), 3 * 3'600);
}

TEST(TimeZone, WhatIsNoRuleIsRefused) {
  for (const auto* text : {"", "EST", "5", "E5", "EST5EDT", "EST5EDT,M3.2.0",
                           "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST5EDT,J60,J300",
                           "EST5EDT,M3.2.0,M11.1.0x", "<+03-3", "EST5000", "EST:5"}) {
    EXPECT_FALSE(TimeZone::parse(text)) << text;
  }
}

}  // namespace
}  // namespace depthwire::streaming
