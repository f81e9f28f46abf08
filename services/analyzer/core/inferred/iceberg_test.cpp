#include "services/analyzer/core/inferred/iceberg.hpp"

#include "services/analyzer/core/base/lifecycle.hpp"
#include "services/analyzer/core/testing/followed_book.hpp"

#include <gtest/gtest.h>

namespace depthwire::analyzer {
namespace {

using market::Price;
using market::QuoteId;
using market::Side;
using testing::ask;
using testing::bid;
using testing::tolerance;

/// The ask of signals.md S12: 101x2, and 102 behind it.
class IcebergTest : public ::testing::Test {
 protected:
  IcebergTest() { at_.apply(0, {}, {bid(1, 100, 5), ask(10, 101, 2), ask(99, 102, 50)}); }

  /// The quote at `price` goes 0.3 s before `ms` and comes back at `ms` with `size`.
  void refill(Ns ms, std::int64_t size = 2, std::int64_t price = 101) {
    at_.apply(ms - 300, {last_}, {});
    at_.apply(ms, {}, {ask(++last_, price, size)});
    for (const Refill& refill : at_.removals.refills()) iceberg_.add(ms * ns_per_ms, refill, 1);
    last_ms_ = ms;
  }
  [[nodiscard]] std::optional<HiddenOrder> found(double ease = 1.0) const {
    return iceberg_.at(last_ms_ * ns_per_ms, Side::ask, Price{101}, ease);
  }

  testing::FollowedBook at_;
  Iceberg iceberg_;
  QuoteId last_ = 10;
  Ns last_ms_ = 0;
};

TEST_F(IcebergTest, FiresOnFourRefillsAtUnevenTimes) {
  for (const Ns ms : {1'300, 2'000, 5'500, 9'400}) refill(ms);

  const auto order = found();

  // Between them 0.7, 3.5 and 3.9 s: mean 2.7, population deviation sqrt(6.08 / 3) = 1.423610.
  ASSERT_TRUE(order);
  EXPECT_EQ(order->count, 4U);
  EXPECT_EQ(order->replenished_cents, 8);
  EXPECT_NEAR(order->variation, 1.423610 / 2.7, tolerance);
  EXPECT_NEAR(order->variation, 0.527, 5e-4);
  EXPECT_EQ(order->strength, 0.5);
  EXPECT_FALSE(iceberg_.at(last_ms_ * ns_per_ms, Side::bid, Price{101}));
}

TEST_F(IcebergTest, APeriodicRefreshIsSuppressed) {
  for (const Ns ms : {1'300, 2'300, 3'300, 4'300}) refill(ms);

  EXPECT_FALSE(found());
  EXPECT_FALSE(found(stay_factor));
}

TEST_F(IcebergTest, ThreeRefillsAreNotEnoughButKeepItOpen) {
  for (const Ns ms : {1'300, 2'000, 5'500}) refill(ms);

  EXPECT_FALSE(found());
  EXPECT_TRUE(found(stay_factor));
}

TEST_F(IcebergTest, ARefillOfAnotherSizeIsNoCycle) {
  for (const Ns ms : {1'300, 2'000, 5'500}) refill(ms);
  refill(9'400, 3);

  EXPECT_FALSE(found());
}

TEST_F(IcebergTest, CyclesOfAMinuteCount) {
  for (const Ns ms : {1'300, 2'000, 5'500, 61'299}) refill(ms);
  EXPECT_TRUE(found());
  last_ms_ = 61'300;
  EXPECT_FALSE(found());
}

TEST_F(IcebergTest, OneTickBehindTheTouchIsNearTwoAreNot) {
  const auto cycles = [&](QuoteId id, std::int64_t price, Ns from) {
    at_.apply(from, {}, {ask(id, price, 2)});
    last_ = id;
    for (const Ns ms : {1'300, 2'000, 5'500, 9'400}) refill(from + ms, 2, price);
    return iceberg_.at(last_ms_ * ns_per_ms, Side::ask, Price{price});
  };

  EXPECT_TRUE(cycles(100, 102, 0));
  EXPECT_FALSE(cycles(200, 103, 20'000));
}

}  // namespace
}  // namespace depthwire::analyzer
