#include "common/tokens/refresh_rule.hpp"

#include <gtest/gtest.h>

namespace depthwire::tokens {
namespace {

const Grant grant{.access_token = "a",
                  .refresh_token = "r",
                  .obtained_ms = 1'000'000,
                  .expires_ms = 3'000'000,
                  .account_id = 7};

TEST(RefreshRule, IsDueAtHalfOfTheLife) {
  const RefreshRule rule;

  EXPECT_FALSE(rule.due(grant, {}, 1'999'999));
  EXPECT_TRUE(rule.due(grant, {}, 2'000'000));
  EXPECT_TRUE(rule.due(grant, {}, 5'000'000)) << "the process was down";
}

TEST(RefreshRule, IsDueWhenAskedForOrBegunAndNotEnded) {
  const RefreshRule rule;

  EXPECT_TRUE(rule.due(grant, {.refresh_wanted = true}, 1'000'000));
  EXPECT_TRUE(rule.due(grant, {.refresh_started_ms = 999'000}, 1'000'000));
}

TEST(RefreshRule, IsNeverDueWithoutAGoodRefreshToken) {
  const RefreshRule rule;
  auto imported = grant;
  imported.refresh_token.clear();

  EXPECT_FALSE(rule.due(std::nullopt, {.refresh_wanted = true}, 5'000'000));
  EXPECT_FALSE(rule.due(imported, {.refresh_wanted = true}, 5'000'000));
  EXPECT_FALSE(rule.due(grant, {.login_required = true}, 5'000'000));
}

TEST(RefreshRule, WaitsLongerAfterEachFailure) {
  RefreshRule rule;
  std::int64_t now = 2'000'000;
  for (const std::int64_t delay : {1, 2, 4, 8, 16, 32, 60, 60}) {
    rule.failed(now);
    EXPECT_FALSE(rule.due(grant, {}, now + delay * 1'000 - 1));
    now += delay * 1'000;
    EXPECT_TRUE(rule.due(grant, {}, now)) << delay;
  }

  rule.succeeded();
  rule.failed(now);
  EXPECT_TRUE(rule.due(grant, {}, now + 1'000));
}

}  // namespace
}  // namespace depthwire::tokens
