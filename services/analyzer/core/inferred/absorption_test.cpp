#include "services/analyzer/core/inferred/absorption.hpp"

#include "services/analyzer/core/book/known_books.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace depthwire::analyzer {
namespace {

using testing::tolerance;

/// VI = (9 - 1) / 10 = 0.8; max_prog = 0.25 x 2 = 0.5; refill 12 / 12.
AbsorptionInput known() {
  return {.taken_buy = 9,
          .taken_sell = 1,
          .q90_buy = 6,
          .q90_sell = 6,
          .progress_up = 0,
          .sigma = 2,
          .removed_ask = 12,
          .refilled_ask = 12};
}

TEST(Absorption, FiresAgainstBuyersWhoMoveNothing) {
  const auto fired = absorption(known());

  ASSERT_TRUE(fired);
  EXPECT_EQ(fired->direction, -1);
  EXPECT_NEAR(fired->strength, 1.0, tolerance);
}

TEST(Absorption, ProgressTakesItsStrengthAndThenTheEvent) {
  AbsorptionInput input = known();

  input.progress_up = 0.25;
  EXPECT_NEAR(absorption(input)->strength, 0.5, tolerance);
  input.progress_up = 1.0;
  EXPECT_FALSE(absorption(input));
}

TEST(Absorption, NeedsWhatWasTakenToBeFilledUpAgain) {
  AbsorptionInput input = known();
  input.refilled_ask = 6;

  EXPECT_FALSE(absorption(input));
}

TEST(Absorption, NeedsMuchAndOneSidedTaking) {
  AbsorptionInput input = known();
  input.q90_buy = 10;
  EXPECT_FALSE(absorption(input));

  input = known();
  input.taken_sell = 5;
  EXPECT_FALSE(absorption(input));  // VI = 4 / 14
  EXPECT_TRUE(absorption(input, {}, stay_factor));
}

TEST(Absorption, MirrorsForSellers) {
  const AbsorptionInput input = {.taken_buy = 1,
                                 .taken_sell = 9,
                                 .q90_buy = 6,
                                 .q90_sell = 6,
                                 .sigma = 2,
                                 .removed_bid = 12,
                                 .refilled_bid = 12};

  EXPECT_EQ(absorption(input)->direction, 1);
}

TEST(Absorption, IsNullWhereNoPriceCouldHaveMoved) {
  AbsorptionInput input = known();
  input.sigma = 0;

  EXPECT_FALSE(absorption(input));
}

TEST(Absorption, FromBarsNeedsManyTicksInASmallRange) {
  std::vector<BarValues> before;
  for (std::int64_t i = 1; i <= 60; ++i) {
    before.push_back({100, 100 + i, 100, 100, static_cast<std::uint64_t>(i)});
  }
  // q90 of the counts is 54, q25 of the ranges 15.
  const BarValues bar{100, 110, 100, 110, 54};

  EXPECT_EQ(absorption_bar(bar, before)->direction, -1);
  EXPECT_FALSE(absorption_bar({100, 110, 100, 110, 53}, before));
  EXPECT_FALSE(absorption_bar({100, 116, 100, 110, 54}, before));
}

}  // namespace
}  // namespace depthwire::analyzer
