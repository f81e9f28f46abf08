#include "services/analyzer/core/inferred/cumulative_delta.hpp"

#include "common/market/trading_day.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace depthwire::analyzer {
namespace {

using DeltaBars = std::vector<DeltaBar>;

// Highs 10, 11, 12, 11 with deltas 5, 8, 9, 7, and their mirror.
const DeltaBars rising_deltas = {{10, 1, 5}, {11, 1, 8}, {12, 1, 9}, {11, 1, 7}};
const DeltaBars falling_deltas = {{99, -10, -5}, {99, -11, -8}, {99, -12, -9}, {99, -11, -7}};

TEST(CumulativeDelta, KnownDivergences) {
  EXPECT_EQ(divergence(rising_deltas, {13, 1, 8}), -1);
  EXPECT_EQ(divergence(rising_deltas, {13, 1, 10}), 0) << "the delta follows";
  EXPECT_EQ(divergence(rising_deltas, {12, 1, 8}), 0) << "no new high";
  EXPECT_EQ(divergence(falling_deltas, {99, -13, -8}), 1);
  EXPECT_EQ(divergence(falling_deltas, {99, -13, -10}), 0);
  EXPECT_EQ(divergence(falling_deltas, {99, -12, -8}), 0);
  EXPECT_EQ(divergence({}, {13, 1, 8}), 0);
}

TEST(CumulativeDelta, ABarThatDivergesBothWaysSaysNothing) {
  EXPECT_EQ(divergence(DeltaBars{{10, 5, 0}, {10, 5, 10}}, {11, 4, 5}), 0);
}

TEST(CumulativeDelta, BeginsAnewWithEachSession) {
  CumulativeDelta delta;
  const Ns session = market::trading_day_start(1'767'596'400'000'000'000);
  delta.add(session + 5, 7);
  EXPECT_TRUE(delta.marked()) << "joined in its middle";
  delta.add(session + 6, -2);
  EXPECT_EQ(delta.value(), 5);

  const Ns next = market::next_trading_day_start(session);
  delta.advance(next);

  EXPECT_EQ(delta.value(), 0);
  EXPECT_EQ(delta.n(), 0U);
  EXPECT_FALSE(delta.marked());
}

TEST(CumulativeDelta, AGapHoldsTheValueAndMarksIt) {
  CumulativeDelta delta;
  const Ns session = market::trading_day_start(1'767'596'400'000'000'000);
  delta.add(session, 7);
  EXPECT_FALSE(delta.marked());

  delta.gap(session + 9);

  EXPECT_EQ(delta.value(), 7);
  EXPECT_TRUE(delta.marked());
}

}  // namespace
}  // namespace depthwire::analyzer
