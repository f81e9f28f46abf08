#include "services/analyzer/core/inferred/large_order.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace depthwire::analyzer {
namespace {

using market::DepthKind;
using market::Side;
using testing::ask;
using testing::bid;

TEST(LargeOrder, KnownAnswersOfTwentySizes) {
  std::vector<std::int64_t> sizes(20);
  std::iota(sizes.begin(), sizes.end(), 1);
  LargeOrderParams params{.minimum = 20, .median_factor = 1.5};

  EXPECT_EQ(nearest_rank<std::int64_t>(sizes, 0.95), 19);
  EXPECT_TRUE(outsized(20, sizes, 10, params));
  EXPECT_FALSE(outsized(19, sizes, 10, params));
  params.median_factor = 3.0;
  EXPECT_FALSE(outsized(20, sizes, 10, params));
}

TEST(LargeOrder, SaysNothingBelowItsMinimum) {
  std::vector<std::int64_t> sizes(20);
  std::iota(sizes.begin(), sizes.end(), 1);

  EXPECT_FALSE(outsized(1'000, sizes, 10));
}

class LargeOrderTest : public ::testing::Test {
 protected:
  void apply(Ns ms, std::vector<market::QuoteId> removed, std::vector<market::Quote> added) {
    ASSERT_TRUE(apply_and_compare(book_, {DepthKind::change, std::move(removed), std::move(added)},
                                  change_));
    large_.step(ms * ns_per_ms, book_, change_);
  }
  /// Forty quotes of size 10, twenty of which stay.
  void usual() {
    for (market::QuoteId id = 1; id <= 40; ++id) {
      const auto step = static_cast<std::int64_t>(id % 10);
      apply(0, {}, {id % 2 == 0 ? bid(id, 1'000 - step, 10) : ask(id, 1'001 + step, 10)});
    }
  }

  market::Book book_;
  BookChange change_;
  LargeOrder large_{{.minimum = 40}};
};

TEST_F(LargeOrderTest, CountsAnOutsizedQuoteOnceAndOnlyWhenItHasRested) {
  usual();
  apply(1'000, {}, {bid(100, 1'000, 200)});
  EXPECT_EQ(large_.quotes(1'000 * ns_per_ms, Side::bid), 0U);

  apply(1'499, {}, {ask(101, 1'003, 10)});
  EXPECT_EQ(large_.quotes(1'499 * ns_per_ms, Side::bid), 0U);
  apply(1'500, {}, {ask(102, 1'003, 10)});
  apply(1'600, {}, {ask(103, 1'003, 10)});

  EXPECT_EQ(large_.quotes(1'600 * ns_per_ms, Side::bid), 1U);
  EXPECT_EQ(large_.quotes(1'600 * ns_per_ms, Side::ask), 0U);
  EXPECT_EQ(large_.quotes(62'000 * ns_per_ms, Side::bid), 0U);
}

TEST_F(LargeOrderTest, AQuoteThatWentBeforeItRestedIsNotCounted) {
  usual();
  apply(1'000, {}, {bid(100, 1'000, 200)});
  apply(1'100, {100}, {});
  apply(2'000, {}, {ask(101, 1'003, 10)});

  EXPECT_EQ(large_.quotes(2'000 * ns_per_ms, Side::bid), 0U);
}

TEST_F(LargeOrderTest, FixedTiersKeepItSilent) {
  for (market::QuoteId id = 1; id <= 100; ++id) {
    apply(static_cast<Ns>(id), {}, {bid(id, 1'000, id % 10 == 0 ? 500 : 10)});
  }
  apply(5'000, {}, {ask(101, 1'003, 10)});

  EXPECT_EQ(large_.quotes(5'000 * ns_per_ms, Side::bid), 0U);
  EXPECT_EQ(large_.distinct_sizes(4), 2U);
}

TEST_F(LargeOrderTest, FindsARemovalLargerThanItsBaseline) {
  for (int i = 0; i < 99; ++i) large_.removal(0, i % 2 == 0 ? 1 : -1, 40);

  large_.removal(ns_per_second, 1, 400);

  EXPECT_EQ(large_.removals(ns_per_second, 1), 1U);
  EXPECT_EQ(large_.removals(ns_per_second, -1), 0U);
  EXPECT_EQ(large_.last_cents(1), 100.0);
}

}  // namespace
}  // namespace depthwire::analyzer
