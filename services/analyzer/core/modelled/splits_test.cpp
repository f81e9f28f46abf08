#include "services/analyzer/core/modelled/splits.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using testing::tolerance;

TEST(Splits, KnownAnswers) {
  EXPECT_NEAR(100.0 * bvc_buy_share(2, 2), 84.134475, tolerance);  // Phi(1)
  EXPECT_NEAR(100.0 * bar60_buy_share(10, 12), 60.0, tolerance);
  EXPECT_NEAR(100.0 * bar60_buy_share(12, 10), 40.0, tolerance);
  EXPECT_NEAR(bar60_buy_share(10, 10), 0.5, tolerance);
  EXPECT_NEAR(clv_buy_share(10, 0, 7), 0.7, tolerance);
  EXPECT_NEAR(clv_buy_share(7, 7, 7), 0.5, tolerance);
}

TEST(Splits, SigmaIsThatOfSixtyCloseChangesBeforeTheBar) {
  CloseChanges changes;
  std::int64_t close = 1'000;
  static_cast<void>(changes.step(close));
  for (int i = 0; i < 60; ++i) {
    EXPECT_FALSE(changes.sigma()) << i;
    close += i % 2 == 0 ? 3 : -3;
    static_cast<void>(changes.step(close));
  }

  // Mean 0, 60 squares of 9, divided by 59.
  EXPECT_NEAR(*changes.sigma(), 3.0253179, tolerance);
}

TEST(Splits, BarsThatDoNotMoveHaveNoSigma) {
  CloseChanges changes;
  for (int i = 0; i < 80; ++i) static_cast<void>(changes.step(1'000));

  EXPECT_FALSE(changes.sigma());
}

TEST(Splits, TheTickRuleRepeatsTheSignOfAnUnchangedMid) {
  TickRule rule;
  for (const std::int64_t mid : {200, 202, 202, 201, 201, 201}) rule.step(mid);

  const auto ticks = rule.take();

  EXPECT_EQ(ticks.buy, 2U);
  EXPECT_EQ(ticks.sell, 3U);
  EXPECT_EQ(rule.take().buy, 0U);
}

}  // namespace
}  // namespace depthwire::analyzer
