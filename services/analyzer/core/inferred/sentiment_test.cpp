#include "services/analyzer/core/inferred/sentiment.hpp"

#include "services/analyzer/core/base/time_weighted.hpp"
#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using testing::tolerance;

constexpr Ns minute = 60 * ns_per_second;

TEST(Sentiment, KnownAnswerOfFiveMinutes) {
  TimeWeighted s(300);

  s.set(0, 0.6);
  s.set(3 * minute, -0.2);
  s.advance(5 * minute);

  EXPECT_NEAR(*s.mean(), 0.28, tolerance);  // (0.6 x 3 - 0.2 x 2) / 5
  EXPECT_NEAR(s.coverage(), 1.0, tolerance);
  EXPECT_EQ(sentiment_label(*s.mean()), "neutral");
  EXPECT_NEAR(sentiment_long_pct(*s.mean()), 64.0, tolerance);
  EXPECT_NEAR(sentiment_contrarian(64.0), 0.0, tolerance);
}

TEST(Sentiment, TimeWithoutAValueShowsInTheCoverageOnly) {
  TimeWeighted s(300);

  s.set(0, 0.6);
  s.set(3 * minute, std::nullopt);
  s.advance(5 * minute);

  EXPECT_NEAR(*s.mean(), 0.6, tolerance);
  EXPECT_NEAR(s.coverage(), 0.6, tolerance);
  EXPECT_GE(s.coverage(), sentiment_min_coverage);
}

TEST(Sentiment, ContrarianOpposesACrowd) {
  EXPECT_NEAR(sentiment_contrarian(80.0), -0.6, tolerance);
  EXPECT_NEAR(sentiment_contrarian(20.0), 0.6, tolerance);
}

TEST(Sentiment, LabelsBeyondThreeTenths) {
  EXPECT_EQ(sentiment_label(0.31), "bullish");
  EXPECT_EQ(sentiment_label(0.3), "neutral");
  EXPECT_EQ(sentiment_label(-0.31), "bearish");
}

TEST(Sentiment, PartsThatAreNullDropOutAndTheOthersWeighMore) {
  EXPECT_NEAR(*sentiment_composite(0.5, 2.0, -1.0), 0.4, tolerance);  // 0.2 + 0.4 - 0.2
  EXPECT_NEAR(*sentiment_composite(std::nullopt, 0.5, -1.0), 0.0, tolerance);
  EXPECT_FALSE(sentiment_composite(std::nullopt, std::nullopt, std::nullopt));
}

}  // namespace
}  // namespace depthwire::analyzer
