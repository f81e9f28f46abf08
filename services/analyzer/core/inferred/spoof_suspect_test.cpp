#include "services/analyzer/core/inferred/spoof_suspect.hpp"

#include "services/analyzer/core/testing/followed_book.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using market::QuoteId;
using market::Side;
using testing::ask;
using testing::bid;

constexpr std::int64_t usual_size = 10;  // the 95 % quantile of sizes in signals.md S14

TEST(LooksLikeSpoof, EachConditionIsNeeded) {
  const QuoteLife spoof{
      .side = Side::ask, .size = {20}, .from_touch = 5, .life = ns_per_second, .nearer = 2};
  const Ns short_life = 1'500 * ns_per_ms;
  const auto looks = [&](auto change) {
    QuoteLife quote = spoof;
    change(quote);
    return looks_like_spoof(quote, usual_size, short_life, 1);
  };

  EXPECT_TRUE(looks([](QuoteLife&) {}));
  EXPECT_FALSE(looks([](QuoteLife& q) { q.size.cents = 10; }));
  EXPECT_FALSE(looks([](QuoteLife& q) { q.from_touch = 1; }));
  EXPECT_TRUE(looks([](QuoteLife& q) { q.from_touch = 2; }));
  EXPECT_TRUE(looks([](QuoteLife& q) { q.from_touch = 10; }));
  EXPECT_FALSE(looks([](QuoteLife& q) { q.from_touch = 11; }));
  EXPECT_TRUE(looks([](QuoteLife& q) { q.life = 1'500 * ns_per_ms; }));
  EXPECT_FALSE(looks([](QuoteLife& q) { q.life = 1'501 * ns_per_ms; }));
  EXPECT_FALSE(looks([](QuoteLife& q) { q.nearer = 1; })) << "half a tick";
  EXPECT_FALSE(looks([](QuoteLife& q) { q.nearer = -2; }));
  EXPECT_FALSE(looks([](QuoteLife& q) { q.was_touch = true; }));
}

/// Bid 1,000x5 and ask 1,001x5; a hundred quotes have lived so that q10 is 1.5 s.
class SpoofSuspectTest : public ::testing::Test {
 protected:
  explicit SpoofSuspectTest(Ns others_lived_ms = 10'000) {
    apply(-20'000, {}, {bid(1, 1'000, 5), ask(2, 1'001, 5)});
    std::vector<QuoteId> short_lived;
    std::vector<QuoteId> others;
    for (QuoteId id = 100; id < 220; ++id) {
      apply(-19'000, {}, {bid(id, 900, 5)});
      (id < 115 ? short_lived : others).push_back(id);
    }
    if (others_lived_ms < 1'500) apply(-19'000 + others_lived_ms, others);
    apply(-17'500, short_lived);
    if (others_lived_ms >= 1'500) apply(-19'000 + others_lived_ms, others);
    settle(-1'000);
  }

  void apply(Ns ms, std::vector<QuoteId> removed, std::vector<market::Quote> added = {}) {
    const Ns t = start + ms * ns_per_ms;
    at_.apply(t / ns_per_ms, std::move(removed), std::move(added));
    suspect_.step(t, at_.book, at_.change, usual_size, 1);
  }
  void settle(Ns ms) { suspect_.settle(start + ms * ns_per_ms, at_.removals, settled_after); }
  /// An ask of 20 at +5 ticks; the mid comes 1 tick closer; the ask goes after `life`.
  void quote(Ns ms, Ns life) {
    const QuoteId id = ++next_;
    apply(ms, {}, {ask(id, 1'006, 20)});
    apply(ms + 100, {2}, {ask(3, 1'003, 50)});
    apply(ms + life, {id});
    apply(ms + life + 50, {3}, {ask(2, 1'001, 5)});
    settle(ms + life + 151);
  }
  [[nodiscard]] std::size_t spoofs(Ns ms, Side side = Side::ask) const {
    return suspect_.spoofs(start + ms * ns_per_ms, side);
  }
  [[nodiscard]] std::size_t layers(Ns ms, Side side = Side::ask) const {
    return suspect_.layers(start + ms * ns_per_ms, side);
  }

  static constexpr Ns start = 1'000 * ns_per_second;
  static constexpr Ns settled_after = 150 * ns_per_ms;
  testing::FollowedBook at_;
  SpoofSuspect suspect_;
  QuoteId next_ = 1'000;
};

TEST_F(SpoofSuspectTest, ThreeLargeQuotesThatWentWhenThePriceCameAreSuspect) {
  quote(0, 1'000);
  quote(10'000, 1'000);
  EXPECT_EQ(spoofs(11'200), 2U) << "two are none";
  quote(20'000, 1'000);

  EXPECT_EQ(spoofs(21'200), 3U);
  EXPECT_EQ(suspect_.score(spoofs(21'200)), 0.5);
  EXPECT_EQ(spoofs(21'200, Side::bid), 0U);
  EXPECT_EQ(spoofs(61'000), 2U) << "the first is a minute old";
}

TEST_F(SpoofSuspectTest, ThreeSecondsOfLifeAreTooLong) {
  for (const Ns ms : {0, 10'000, 20'000}) quote(ms, 3'000);

  EXPECT_EQ(spoofs(23'200), 0U);
}

TEST_F(SpoofSuspectTest, AQuoteThatIsOnlyRePricedWasNotDeleted) {
  apply(0, {}, {ask(900, 1'006, 20)});
  apply(100, {2}, {ask(3, 1'003, 50)});
  apply(1'000, {900}, {ask(901, 1'007, 20)});
  settle(1'200);

  EXPECT_EQ(spoofs(1'200), 0U);
}

TEST_F(SpoofSuspectTest, AQuoteThatWasTheTouchOnceIsNone) {
  apply(0, {}, {ask(900, 1'006, 20)});
  apply(100, {2});
  apply(200, {}, {ask(2, 1'003, 50)});
  apply(1'000, {900});
  settle(1'200);

  EXPECT_EQ(spoofs(1'200), 0U);
}

TEST_F(SpoofSuspectTest, AnIdThatWasRePricedToTheTouchIsNone) {
  apply(0, {}, {ask(900, 1'006, 20)});
  apply(100, {2}, {ask(3, 1'003, 50)});
  apply(200, {}, {ask(900, 1'002, 20)});
  apply(300, {}, {ask(900, 1'006, 20)});
  apply(1'000, {900});
  settle(1'200);

  EXPECT_EQ(spoofs(1'200), 0U);
}

TEST_F(SpoofSuspectTest, ThreeLevelsThatComeAndGoTogetherAreLayers) {
  apply(0, {}, {ask(900, 1'004, 7)});
  apply(500, {}, {ask(901, 1'005, 8), ask(902, 1'006, 9)});
  apply(1'500, {900});
  apply(1'700, {901, 902});
  settle(1'851);

  EXPECT_EQ(layers(1'851), 3U);
  EXPECT_EQ(layers(1'851, Side::bid), 0U);
  EXPECT_EQ(layers(61'700), 0U);
}

TEST_F(SpoofSuspectTest, LevelsThatComeOrGoOneByOneAreNoLayers) {
  apply(0, {}, {ask(900, 1'004, 7)});
  apply(501, {}, {ask(901, 1'005, 8), ask(902, 1'006, 9)});
  apply(1'500, {900, 901, 902});
  settle(1'700);
  EXPECT_EQ(layers(1'700), 0U) << "added 501 ms apart";

  apply(3'000, {}, {ask(903, 1'004, 7), ask(904, 1'005, 8), ask(905, 1'006, 9)});
  apply(3'500, {903});
  apply(3'701, {904, 905});
  settle(3'900);
  EXPECT_EQ(layers(3'900), 0U) << "deleted 201 ms apart";

  apply(5'000, {}, {ask(906, 1'004, 7), ask(907, 1'004, 8), ask(908, 1'006, 9)});
  apply(5'500, {906, 907, 908});
  settle(5'700);
  EXPECT_EQ(layers(5'700), 0U) << "two prices";

  apply(7'000, {}, {ask(909, 1'004, 7), ask(910, 1'005, 8), ask(911, 1'006, 9)});
  apply(9'001, {909, 910, 911});
  settle(9'200);
  EXPECT_EQ(layers(9'200), 0U) << "lived too long";
}

TEST_F(SpoofSuspectTest, ALadderThatIsStreamedAnewIsNoLayering) {
  apply(0, {}, {ask(900, 1'004, 7), ask(901, 1'005, 8), ask(902, 1'006, 9)});
  apply(1'000, {900, 901, 902}, {ask(903, 1'005, 7), ask(904, 1'006, 8), ask(905, 1'007, 9)});
  settle(1'200);

  EXPECT_EQ(layers(1'200), 0U);
}

class ShortLives : public SpoofSuspectTest {
 protected:
  ShortLives() : SpoofSuspectTest(999) {}
};

TEST_F(ShortLives, WhereShortLifeIsNormalNothingIsTold) {
  for (const Ns ms : {0, 10'000, 20'000}) quote(ms, 900);
  apply(30'000, {}, {ask(900, 1'004, 7), ask(901, 1'005, 8), ask(902, 1'006, 9)});
  apply(30'500, {900, 901, 902});
  settle(30'700);

  EXPECT_EQ(spoofs(30'700), 0U);
  EXPECT_EQ(layers(30'700), 0U);
}

}  // namespace
}  // namespace depthwire::analyzer
