#include "common/market/book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace depthwire::market {
namespace {

using ::testing::ElementsAre;

Quote bid(QuoteId id, std::int64_t price, std::int64_t size) {
  return {id, Side::bid, Price{price}, Size{size}};
}
Quote ask(QuoteId id, std::int64_t price, std::int64_t size) {
  return {id, Side::ask, Price{price}, Size{size}};
}
DepthUpdate added(std::vector<Quote> quotes) { return {DepthKind::change, {}, std::move(quotes)}; }

TEST(Book, ALevelIsTheSumOfItsQuotes) {
  Book book;

  ASSERT_TRUE(book.apply(added({bid(1, 100, 5), bid(2, 100, 3), bid(3, 99, 1), ask(4, 101, 2)})));

  EXPECT_THAT(book.levels(Side::bid, 10),
              ElementsAre(Level{Price{100}, Size{8}}, Level{Price{99}, Size{1}}));
  EXPECT_EQ(book.touch(Side::ask), (Level{Price{101}, Size{2}}));
  EXPECT_EQ(book.mid_half_points(), 201);
}

TEST(Book, RemovalsTakeEffectBeforeAdditionsSoAnIdInBothEndsPresent) {
  Book book;
  ASSERT_TRUE(book.apply(added({ask(7, 101, 4)})));

  const auto applied = book.apply({DepthKind::change, {7}, {ask(7, 102, 6)}});

  ASSERT_TRUE(applied);
  EXPECT_EQ(applied->unknown_removals, 0U);
  EXPECT_THAT(book.levels(Side::ask, 10), ElementsAre(Level{Price{102}, Size{6}}));
}

TEST(Book, ARefusedUpdateLeavesTheBookAsItWas) {
  Book book;
  ASSERT_TRUE(book.apply(added({bid(1, 100, 5)})));

  EXPECT_EQ(book.apply({DepthKind::change, {1}, {bid(2, 0, 5)}}).error(),
            BookError::nonpositive_price);
  EXPECT_EQ(book.apply({DepthKind::change, {1}, {bid(2, 100, 0)}}).error(),
            BookError::nonpositive_size);

  EXPECT_THAT(book.levels(Side::bid, 10), ElementsAre(Level{Price{100}, Size{5}}));
}

TEST(Book, AnUnknownRemovalIsCounted) {
  Book book;

  EXPECT_EQ(book.apply({DepthKind::change, {1, 2}, {}})->unknown_removals, 2U);
}

TEST(Book, AKeyframeOnlyStartsAnEmptyBook) {
  Book book;
  ASSERT_TRUE(book.apply({DepthKind::keyframe, {}, {bid(1, 100, 5)}}));
  ASSERT_TRUE(book.apply({DepthKind::keyframe, {}, {bid(2, 90, 1)}}));

  EXPECT_THAT(book.levels(Side::bid, 10), ElementsAre(Level{Price{100}, Size{5}}));
}

TEST(Book, AResetEmptiesIt) {
  Book book;
  ASSERT_TRUE(book.apply(added({bid(1, 100, 5), ask(2, 101, 5)})));

  ASSERT_TRUE(book.apply({DepthKind::reset, {}, {}}));

  EXPECT_TRUE(book.empty());
  EXPECT_EQ(book.touch(Side::bid), std::nullopt);
}

// The obvious book, slow: a map of ids, summed on demand.
struct Reference {
  std::map<QuoteId, Quote> quotes;
  void apply(const DepthUpdate& update) {
    for (const auto id : update.removed) quotes.erase(id);
    for (const auto& quote : update.added) quotes[quote.id] = quote;
  }
  [[nodiscard]] std::vector<Level> levels(Side side) const {
    std::map<std::int64_t, std::int64_t> sums;
    for (const auto& [id, quote] : quotes) {
      if (quote.side == side) sums[quote.price.points] += quote.size.cents;
    }
    std::vector<Level> out;
    for (const auto& [price, size] : sums) out.push_back({Price{price}, Size{size}});
    if (side == Side::bid) std::reverse(out.begin(), out.end());
    return out;
  }
};

// `ids` bounds how many quotes rest at once; deep books keep an index that shallow ones do not.
void expect_agreement(std::uint64_t ids, int steps) {
  std::mt19937_64 random(20240808 + ids);
  const auto pick = [&random](std::uint64_t bound) { return random() % bound; };
  Book book;
  Reference reference;

  for (int step = 0; step < steps; ++step) {
    DepthUpdate update;
    for (std::uint64_t i = pick(4); i > 0; --i) update.removed.push_back(pick(ids));
    for (std::uint64_t i = pick(ids > 100 ? 9 : 4); i > 0; --i) {
      update.added.push_back({pick(ids), pick(2) == 0 ? Side::bid : Side::ask,
                              Price{static_cast<std::int64_t>(100 + pick(20))},
                              Size{static_cast<std::int64_t>(1 + pick(9))}});
    }
    ASSERT_TRUE(book.apply(update));
    reference.apply(update);
    ASSERT_EQ(book.quotes().size(), reference.quotes.size());
    ASSERT_EQ(book.levels(Side::bid, 100), reference.levels(Side::bid)) << "step " << step;
    ASSERT_EQ(book.levels(Side::ask, 100), reference.levels(Side::ask)) << "step " << step;
  }
}

TEST(Book, AgreesWithTheObviousBookOnRandomUpdates) { expect_agreement(60, 20'000); }

TEST(Book, AgreesWithTheObviousBookWhenItIsDeep) { expect_agreement(1'000, 3'000); }

}  // namespace
}  // namespace depthwire::market
