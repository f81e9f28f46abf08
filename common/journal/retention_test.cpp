#include "common/journal/retention.hpp"

#include <gtest/gtest.h>

namespace depthwire::journal {
namespace {

constexpr std::int64_t hour = 3'600'000'000'000;

/// Ten segments of 100 bytes, one an hour, the newest at hour 10.
std::vector<Held> ten() {
  std::vector<Held> held;
  for (std::uint64_t i = 1; i <= 10; ++i) {
    held.push_back({100, {1, i * 10}, static_cast<std::int64_t>(i) * hour});
  }
  return held;
}

Allowance generous() {
  return {.own_bytes = 1000,
          .environment_bytes = 1000,
          .journals = 2,
          .bytes = 10'000,
          .hard_bytes = 20'000,
          .age = std::chrono::hours(24),
          .now_ns = 10 * hour};
}

TEST(Retention, WithinAllLimitsEverythingStays) {
  EXPECT_EQ(plan_retention(ten(), generous()).count, 0U);
}

TEST(Retention, WhatIsOldGoes) {
  auto allowance = generous();
  allowance.now_ns = 27 * hour + 1;  // the first three are older than 24 h

  EXPECT_EQ(plan_retention(ten(), allowance).count, 3U);
}

TEST(Retention, WhatTheEnvironmentHasTooMuchGoesFromTheOldest) {
  auto allowance = generous();
  allowance.environment_bytes = 1500;
  allowance.bytes = 1250;

  EXPECT_EQ(plan_retention(ten(), allowance).count, 3U);
}

TEST(Retention, NoJournalFallsBelowItsShareForAnothersSake) {
  auto allowance = generous();
  allowance.environment_bytes = 100'000;
  allowance.bytes = 1000;  // the share of each of two is 500

  EXPECT_EQ(plan_retention(ten(), allowance).count, 5U);
}

TEST(Retention, WhatARequiredConsumerHasNotAcknowledgedStays) {
  auto allowance = generous();
  allowance.now_ns = 100 * hour;
  allowance.acknowledged = Position{1, 25};  // two segments, and half of the third

  const auto removals = plan_retention(ten(), allowance);
  EXPECT_EQ(removals.count, 2U);
  EXPECT_EQ(removals.acknowledged, 2U);
}

TEST(Retention, UpToTheHardLimit) {
  auto allowance = generous();
  allowance.bytes = 200;
  allowance.hard_bytes = 700;
  allowance.acknowledged = Position{};

  const auto removals = plan_retention(ten(), allowance);
  EXPECT_EQ(removals.count, 3U);
  EXPECT_EQ(removals.acknowledged, 0U);
}

}  // namespace
}  // namespace depthwire::journal
